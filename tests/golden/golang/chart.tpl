{{- range $i, $text := .Values.reads }}
read{{ $i }}: {{ fromYaml $text | toJson | b64enc | quote }}
{{- end }}
{{- range $i, $text := .Values.writes }}
plain{{ $i }}: {{ (fromJson $text).v | toYaml | b64enc | quote }}
pretty{{ $i }}: {{ (fromJson $text).v | toYamlPretty | b64enc | quote }}
{{- end }}
{{- range $i, $case := .Values.prints }}
print{{ $i }}: {{ printf $case.format $case.value | b64enc | quote }}
{{- end }}
