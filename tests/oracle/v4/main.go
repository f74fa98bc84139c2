// Answers `helm template` command lines with the Helm 4 libraries, many to one process.
//
// Standard input: one JSON array of strings per line, the arguments after `helm template`.
// Standard output: one JSON object per line, {"out": standard output, "err": the error, empty if none}.
// What Helm warns of goes to standard error, as in helm.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"

	"helm.sh/helm/v4/pkg/cmd"
)

type answer struct {
	Out []byte `json:"out"`
	Err []byte `json:"err"`
}

func main() {
	// An answer is the only thing that may stand on standard output; a panic of a template is its error.
	answers := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var args []string
		if err := json.Unmarshal(lines.Bytes(), &args); err != nil {
			log.Fatal(err)
		}
		if err := answers.Encode(template(args)); err != nil {
			log.Fatal(err)
		}
	}
}

func template(args []string) (result answer) {
	var out bytes.Buffer
	defer func() {
		if panicked := recover(); panicked != nil {
			result = answer{Err: fmt.Appendf(nil, "panic: %v", panicked)}
		}
	}()
	if err := run(&out, append([]string{"template"}, args...)); err != nil {
		return answer{Out: out.Bytes(), Err: []byte(err.Error())}
	}
	return answer{Out: out.Bytes()}
}

func run(out io.Writer, args []string) error {
	root, err := cmd.NewRootCmd(out, args, cmd.SetupLogging)
	if err != nil {
		return err
	}
	root.SetArgs(args)
	root.SilenceErrors = true
	root.SilenceUsage = true
	return root.Execute()
}
