{{- define "base.name" }}{{ .Release.Name }}-{{ .Values.name | trunc 20 }}{{ end -}}
