{{ dict "a" 1 "b" }} {{ dict }} {{ dict nil 1 2 "x" 1.5 "y" | toJson }}
{{ get .Values.m "a" }}|{{ get .Values.m "zz" }}|{{ get .Values "s" }}
{{ $d := dict "a" 1 }}{{ $_ := set $d "b" 2 }}{{ $d }}{{ unset $d "a" }}{{ $d }}
{{ set .Values.nope "a" 1 }}
{{ $_ := set .Values.m "new" "v" }}{{ .Values.m.new }} {{ typeOf (set .Values "x" 1) }}
{{ hasKey .Values.m "a" }} {{ hasKey .Values.m "z" }} {{ hasKey .Values "nothing" }} {{ hasKey nil "a" }}
{{ pluck "a" (dict "a" 1) (dict "b" 2) (dict "a" nil) | toJson }}
{{ keys (dict "a" 1) }} {{ keys (dict "b" 1 "a" 2) (dict "c" 1) | sortAlpha }} {{ keys dict | toJson }} {{ typeOf (keys dict) }}
{{ values (dict "a" 1) }} {{ values dict | toJson }}
{{ pick .Values.m "a" "zz" | toJson }} {{ omit .Values.m "a" | toJson }} {{ pick .Values "s" "n" | toJson }}
{{ pick .Values.m (list "a") }}
{{ dig "b" "c" "none" .Values.m }} {{ dig "x" "y" "none" .Values.m }} {{ dig "b" "zz" 1 .Values.m }} {{ dig "e" "x" .Values.m }}|
{{ dig "a" "x" "none" .Values.m }}
{{ dig "s" "none" .Values }}
{{ dig "s" "none" .Values.AsMap }}
{{ dig "a" .Values.m }}
{{ dig 1 "x" .Values.m }}
{{ dig "a" "none" nil }}
{{ merge (dict "a" false "m" (dict "x" 1)) (dict "a" true "b" nil "m" (dict "x" 2 "y" 3)) | toJson }}
{{ merge (dict "l" (list 1) "s" "") (dict "l" (list 2) "s" "x" "n" (list)) | toJson }}
{{ merge (dict "a" 1) (dict "a" (dict "b" 1)) | toJson }} {{ merge (dict "a" (dict "b" 1)) (dict "a" 1) | toJson }} {{ merge (dict "a" (list)) (dict "a" (list 1)) | toJson }}
{{ mergeOverwrite (dict "a" 1 "m" (dict "x" 1 "y" 2)) (dict "a" nil "m" (dict "x" 9)) | toJson }}
{{ mergeOverwrite (dict "a" 1 "b" "x" "c" true "d" (list 1) "m" (dict "x" 1)) (dict "a" 0 "b" "" "c" false "d" (list) "m" (dict)) | toJson }}
{{ mergeOverwrite (dict "a" 1) (dict "a" (dict "b" 1)) | toJson }} {{ mergeOverwrite (dict "a" (dict "b" 1)) (dict "a" 1) | toJson }}
{{ $a := dict "m" (dict "x" 1) }}{{ $b := dict }}{{ $c := merge $b $a }}{{ $_ := set $b.m "y" 2 }}{{ $a | toJson }}
{{ $a := dict }}{{ $b := merge $a (dict "x" 1) (dict "x" 2 "y" 3) }}{{ $a | toJson }}{{ $b | toJson }}
{{ mustMerge (dict "a" 1) (dict "b" 2) | toJson }} {{ mustMergeOverwrite (dict "a" 1) (dict "a" 2) | toJson }}
{{ $a := dict "m" (dict "x" 1) "l" (list (dict "q" 1)) }}{{ $b := deepCopy $a }}{{ $_ := set $b.m "y" 2 }}{{ $a | toJson }}{{ $b | toJson }}
{{ deepCopy nil }}
{{ deepCopy 1 }} {{ deepCopy "x" }} {{ mustDeepCopy (list 1 2) }} {{ typeOf (deepCopy .Values) }}
{{ merge .Values.m .Values.m.b | toJson }}
{{ get "x" "a" }}
{{ merge (dict "a" 1) nil | toJson }} {{ merge nil (dict "a" 1) | toJson }}
{{ (dict "a" (dict "b" 1)).a.b }} {{ index (dict "a-b" 1) "a-b" }}
{{ printf "%#v" (unset nil "a") }} {{ unset nil "a" | toJson }} {{ deepEqual (unset nil "a") (dict) }} {{ pick nil "a" | toJson }} {{ merge nil (dict "a" 1) | toJson }}
{{ set nil "a" 1 }}
{{ set (unset nil "a") "b" 1 }}
{{ merge (dict "a" (semver "1.2.3")) (dict "a" (dict)) | toJson }} {{ merge (dict "a" (semver "1.2.3")) (dict "a" "x") | toJson }} {{ mergeOverwrite (dict "a" (semver "1.2.3")) (dict "a" (dict)) | toJson }}
{{ mustMerge (dict "a" (semver "1.2.3")) (dict "a" (dict)) }}
{{ deepCopy (semver "1.2.3") }} {{ deepCopy (dict "a" (semver "1.2.3")) | toJson }} {{ deepEqual (semver "1.2") (semver "1.2.0") }} {{ deepEqual (semver "1.2") (semver "1.2") }}
