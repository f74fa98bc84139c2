// Answers `helm template` command lines with the Helm 3 libraries, many to one process.
//
// Standard input: one JSON array of strings per line, the arguments after `helm template`.
// Standard output: one JSON object per line, {"out": standard output, "err": the error, empty if none}.
//
// The command itself is no library in Helm 3. What it does around the libraries is small and is done here: reading the
// flags that the comparisons use, and printing the manifest and the hooks.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/spf13/pflag"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/cli/values"
	"helm.sh/helm/v3/pkg/getter"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/releaseutil"
)

type answer struct {
	Out []byte `json:"out"`
	Err []byte `json:"err"`
}

func main() {
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
	if err := run(&out, args); err != nil {
		return answer{Out: out.Bytes(), Err: []byte(err.Error())}
	}
	return answer{Out: out.Bytes()}
}

type flags struct {
	values              values.Options
	namespace           string
	kubeVersion         string
	apiVersions         []string
	includeCRDs         bool
	skipTests, noHooks  bool
	isUpgrade, subNotes bool
	skipSchema          bool
	showOnly            []string
	positional          []string
}

func parse(args []string) (*flags, error) {
	var f flags
	set := pflag.NewFlagSet("template", pflag.ContinueOnError)
	set.StringSliceVarP(&f.values.ValueFiles, "values", "f", nil, "")
	set.StringArrayVar(&f.values.Values, "set", nil, "")
	set.StringArrayVar(&f.values.StringValues, "set-string", nil, "")
	set.StringArrayVar(&f.values.FileValues, "set-file", nil, "")
	set.StringArrayVar(&f.values.JSONValues, "set-json", nil, "")
	set.StringArrayVar(&f.values.LiteralValues, "set-literal", nil, "")
	set.StringVarP(&f.namespace, "namespace", "n", "default", "")
	set.StringVar(&f.kubeVersion, "kube-version", "", "")
	set.StringSliceVarP(&f.apiVersions, "api-versions", "a", nil, "")
	set.BoolVar(&f.includeCRDs, "include-crds", false, "")
	set.BoolVar(&f.skipTests, "skip-tests", false, "")
	set.BoolVar(&f.noHooks, "no-hooks", false, "")
	set.BoolVar(&f.isUpgrade, "is-upgrade", false, "")
	set.BoolVar(&f.subNotes, "render-subchart-notes", false, "")
	set.BoolVar(&f.skipSchema, "skip-schema-validation", false, "")
	set.StringArrayVarP(&f.showOnly, "show-only", "s", nil, "")
	err := set.Parse(args)
	f.positional = set.Args()
	return &f, err
}

func run(out io.Writer, args []string) error {
	f, err := parse(args)
	if err != nil {
		return err
	}
	if len(f.positional) > 2 {
		return fmt.Errorf("expected at most two arguments, unexpected arguments: %s", strings.Join(f.positional[2:], ", "))
	}
	install, err := installer(f)
	if err != nil {
		return err
	}
	given, err := f.values.MergeValues(getter.All(cli.New()))
	if err != nil {
		return err
	}
	chart, err := loader.Load(f.positional[1])
	if err != nil {
		return err
	}
	if kind := chart.Metadata.Type; kind != "" && kind != "application" {
		return fmt.Errorf("%s charts are not installable", kind)
	}
	if err := action.CheckDependencies(chart, chart.Metadata.Dependencies); err != nil {
		return fmt.Errorf("An error occurred while checking for chart dependencies. "+
			"You may need to run `helm dependency build` to fetch missing dependencies: %w", err)
	}
	rendered, err := install.Run(chart, given)
	if err != nil && rendered != nil {
		return fmt.Errorf("%w\n\nUse --debug flag to render out invalid YAML", err)
	}
	if err != nil {
		return err
	}
	return print(out, rendered, f)
}

func installer(f *flags) (*action.Install, error) {
	install := action.NewInstall(&action.Configuration{Log: func(string, ...interface{}) {}})
	if f.kubeVersion != "" {
		version, err := chartutil.ParseKubeVersion(f.kubeVersion)
		if err != nil {
			return nil, fmt.Errorf("invalid kube version '%s': %s", f.kubeVersion, err)
		}
		install.KubeVersion = version
	}
	install.DryRun = true
	install.DryRunOption = "true"
	install.ClientOnly = true
	install.Replace = true
	install.ReleaseName = f.positional[0]
	install.Namespace = f.namespace
	install.APIVersions = chartutil.VersionSet(f.apiVersions)
	install.IncludeCRDs = f.includeCRDs
	install.DisableHooks = f.noHooks
	install.IsUpgrade = f.isUpgrade
	install.SubNotes = f.subNotes
	install.SkipSchemaValidation = f.skipSchema
	return install, nil
}

func print(out io.Writer, rendered *release.Release, f *flags) error {
	var all strings.Builder
	fmt.Fprintln(&all, strings.TrimSpace(rendered.Manifest))
	for _, hook := range rendered.Hooks {
		if !f.noHooks && !(f.skipTests && slices.Contains(hook.Events, release.HookTest)) {
			fmt.Fprintf(&all, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
		}
	}
	if len(f.showOnly) > 0 {
		return choose(out, all.String(), f.showOnly)
	}
	_, err := io.WriteString(out, all.String())
	return err
}

var source = regexp.MustCompile("# Source: [^/]+/(.+)")

// Prints the documents that a pattern of --show-only names, pattern by pattern.
func choose(out io.Writer, manifests string, patterns []string) error {
	documents := releaseutil.SplitManifests(manifests)
	keys := slices.Collect(maps.Keys(documents))
	sort.Sort(releaseutil.BySplitManifestsOrder(keys))
	var chosen []string
	for _, pattern := range patterns {
		before := len(chosen)
		for _, key := range keys {
			found := source.FindStringSubmatch(documents[key])
			if found == nil {
				continue
			}
			if matches, _ := filepath.Match(pattern, found[1]); matches {
				chosen = append(chosen, documents[key])
			}
		}
		if len(chosen) == before {
			return fmt.Errorf("could not find template %s in chart", pattern)
		}
	}
	for _, document := range chosen {
		fmt.Fprintf(out, "---\n%s\n", document)
	}
	return nil
}
