{{- define "shop.labels" -}}
app: {{ .Chart.Name }}
{{- range $key, $value := .Values.labels }}
{{ $key | quote }}: {{ $value | quote }}
{{- end }}
{{- end -}}
{{- define "shop.fail" -}}
  {{ required "need a name" .Values.missing }}
{{- end -}}
