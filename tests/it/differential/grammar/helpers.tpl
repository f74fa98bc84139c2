{{ define "one" }}one({{ . }}){{ end }}
{{ define "two" -}}
{{ .a.b }}{{ range .l }}{{ . }}{{ end }}
{{- end }}
{{ define "chain" }}{{ include "two" . | upper | trimSuffix 1 }}{{ end }}
