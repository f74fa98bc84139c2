{{ html (toDate "2006" "2020") 1 }} {{ urlquery 1 (semver "2.0.0") "x" }} {{ html nil 1 }} {{ urlquery .Capabilities.KubeVersion }} {{ html "<a>" "&" }} {{ js "\xab\u200b\x7f=" }} {{ js 1 nil "a" }}
{{ printf "%." }} {{ printf "%[]" }} {{ printf "%[" }} {{ printf "%[1]" 1 }} {{ printf "%[x]d" 1 }} {{ printf "%[2]*.[1]*f" 2 8 3.14159 }} {{ printf "%[3]*.[2]*[1]f" 12.0 2 6 }} {{ printf "%.[2]d" 1 2 }} {{ printf "%-*d|" 5 1 }} {{ printf "%*d" "x" 1 }} {{ printf "%.*d" -1 1 }}
{{ printf "%w" (list 1 "a") }} {{ printf "%w" "a" }} {{ printf "%!" (list (semver "1.2.3")) }} {{ printf "%z" (dict "a" nil) }}
{{ printf "%#v" .Values.m }} {{ printf "%#v" .Chart.Annotations }} {{ printf "%#v" (list nil 1.5 "a" true) }} {{ printf "%#v" (until 2) }} {{ printf "%#v" (split "," "a,b") }} {{ printf "%+v" .Capabilities.KubeVersion }}
{{ .Chart | toJson }} {{ .Chart.Maintainers | toJson }} {{ .Chart | toYamlPretty }}
{{ include "\xff" . }}
{{ tpl "{{ \u200b }}" . }}
{{ tpl "{{ .x\u0345 }}" . }}
{{ eq .Chart .Chart }}
{{ eq .Values.l .Values.m }}
{{ required "x" .Capabilities.KubeVersion }} {{ default 1 .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion }} {{ (dict "a" .Capabilities.KubeVersion).a }} {{ $v := .Capabilities.KubeVersion }}{{ $v }} {{ with .Capabilities.KubeVersion }}{{ . }} {{ .String }}{{ end }}
{{ (default 1 .Capabilities.KubeVersion).String }}
{{ printf "% +w" 1 }} {{ printf "%+w" (list 1) }}
{{ fromJson "n" }} {{ fromJson "{\"a\":tr" }} {{ fromJson "-" }} {{ fromJson "1." }} {{ fromJson "1e" }} {{ fromJson "\"a" }} {{ fromJson "\"\\" }} {{ fromJson "\"\\u00" }} {{ fromJson "" }} {{ fromJson "[1" }}
