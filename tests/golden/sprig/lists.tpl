{{ list 1 "a" nil }} {{ tuple 1 2 }} {{ list }} {{ list | toJson }}
{{ first (list 1 2) }} {{ last (list 1 2) }} {{ first list }} {{ last list }}
{{ rest (list 1 2 3) }} {{ initial (list 1 2 3) }} {{ rest list | toJson }} {{ initial list | toJson }}
{{ append (list 1) 2 }} {{ push (list 1) nil }} {{ prepend (list 1) 0 }} {{ append .Values.l "z" | toJson }}
{{ concat (list 1) (list 2 3) }} {{ concat | toJson }} {{ concat (list) | toJson }} {{ concat .Values.nums (until 2) | toJson }}
{{ reverse .Values.nums }} {{ uniq (list 1 1.0 "1" 1) }} {{ uniq .Values.l | toJson }}
{{ without .Values.nums 1 }} {{ without .Values.nums 1.0 2.0 }} {{ without (list) 1 | toJson }}
{{ has 1 .Values.nums }} {{ has 1.0 .Values.nums }} {{ has "a" .Values.l }} {{ has 1 nil }} {{ has nil .Values.l }}
{{ compact (list 0 1 "" "a" nil false (list) (dict)) | toJson }}
{{ slice (list 1 2 3 4) }} {{ slice (list 1 2 3 4) 1 }} {{ slice (list 1 2 3 4) 1 3 }} {{ slice list }}|{{ slice list | toJson }} {{ slice (list 1 2) 1.0 2 }}
{{ slice (list 1 2) 3 }}
{{ slice (list 1 2) 1 0 }}
{{ slice (list 1 2) -1 }}
{{ slice "abc" 1 }}
{{ chunk 2 (list 1 2 3 4 5) }} {{ chunk 3 (list) | toJson }} {{ typeOf (chunk 2 (list 1)) }} {{ chunk -9 (list 1 2 3) | toJson }}
{{ chunk 0 (list 1) }}
{{ chunk -1 (list 1 2 3) }}
{{ sortAlpha (list "b" "a" 10 9) }} {{ sortAlpha "x" }} {{ sortAlpha nil }} {{ sortAlpha .Values.l }}
{{ first "abc" }}
{{ first nil }}
{{ last .Values.m }}
{{ rest 1 }}
{{ initial 1.5 }}
{{ reverse "x" }}
{{ uniq "x" }}
{{ without "x" 1 }}
{{ has 1 "x" }}
{{ append "x" 1 }}
{{ prepend nil 1 }}
{{ compact 1 }}
{{ concat (list 1) "x" }}
{{ concat nil }}
{{ chunk 1 "x" }}
{{ mustFirst (list 3 2) }} {{ mustHas 3 (list 3) }} {{ mustSlice (list 1 2 3) 1 2 }} {{ mustAppend (list 1) 2 }}
{{ mustFirst "x" }}
{{ mustSlice "x" }}
{{ has (list 1) (list (list 1)) }} {{ has (dict "a" 1) (list (dict "a" 1)) }} {{ has (dict "a" 1) (list (dict "a" 1.0)) }}
{{ first (splitList "," "a,b") }} {{ typeOf (rest (splitList "," "a,b")) }} {{ typeOf (slice (splitList "," "a,b") 1) }} {{ typeOf (reverse (until 3)) }}
{{ first (b64dec "aGk=" | list) }}
{{ range $i, $e := list "a" "b" }}{{ $i }}={{ $e }};{{ end }}
{{ .Values.l | first }} {{ .Values.l | last }} {{ index (rest .Values.l) 0 }}
