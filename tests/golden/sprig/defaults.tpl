{{ default "d" "" }} {{ default "d" "x" }} {{ default "d" nil }} {{ default "d" 0 }} {{ default true false }} {{ default "d" }} {{ .Values.nope | default "d" }} {{ default "d" "0" }} {{ default "d" (list) | quote }}
{{ empty "" }} {{ empty 0 }} {{ empty nil }} {{ empty "0" }} {{ empty (dict) }} {{ empty .Chart }} {{ empty now }} {{ empty false }} {{ empty 0.0 }}
{{ coalesce 0 "" nil "x" 1 }} {{ coalesce }}|{{ coalesce 0 "" }}|
{{ all 1 "a" }} {{ all 1 "" }} {{ all }} {{ any 0 "" }} {{ any 0 1 }} {{ any }}
{{ ternary "a" "b" true }} {{ ternary "a" "b" false }} {{ true | ternary 1 2 }} {{ .Values.t | ternary "y" "n" }}
{{ ternary "a" "b" nil }}
{{ ternary "a" "b" 1 }}
{{ ternary "a" "b" .Values.nope }}
{{ ternary "a" "b" "true" }}
{{ kindOf nil }} {{ kindOf true }} {{ kindOf 1 }} {{ kindOf 1.5 }} {{ kindOf "a" }} {{ kindOf (list) }} {{ kindOf (dict) }} {{ kindOf now }} {{ kindOf .Chart }} {{ kindOf .Capabilities }} {{ kindOf .Values.nope }} {{ kindOf .Values.n }} {{ kindOf 'a' }} {{ kindOf 1i }}
{{ typeOf nil }} {{ typeOf (list) }} {{ typeOf (dict) }} {{ typeOf (splitList "," "a") }} {{ typeOf (split "," "a") }} {{ typeOf now }} {{ typeOf (semver "1.2.3") }} {{ typeOf .Values }} {{ typeOf .Values.m }} {{ typeOf 'a' }} {{ typeOf .Files }}
{{ kindIs "int" 1 }} {{ kindIs "map" .Values }} {{ typeIs "string" "a" }} {{ typeIs "int" 1.0 }} {{ typeIsLike "semver.Version" (semver "1.2.3") }} {{ typeIsLike "*semver.Version" (semver "1.2.3") }}
{{ deepEqual 1 1.0 }} {{ deepEqual (list 1 2) (list 1 2) }} {{ deepEqual (dict "a" (list 1)) (dict "a" (list 1)) }} {{ deepEqual nil nil }} {{ deepEqual "a" "b" }} {{ deepEqual (list) (rest list) }} {{ deepEqual (splitList "," "a") (list "a") }} {{ deepEqual (semver "1.2.3") (semver "1.2.3") }}
{{ fail "no way" }}
{{ mustFromJson "[1, {\"a\": null}]" | toJson }} {{ mustFromJson "1" }} {{ mustFromJson "\"x\"" }}
{{ mustFromJson "{" }}
{{ toPrettyJson .Values.m }} {{ toPrettyJson (list) }} {{ toPrettyJson (dict "a" "<b>") }}
{{ toRawJson (dict "a" "<b>&") }} {{ mustToRawJson "é<" }} {{ mustToJson (dict "a" "<b>") }} {{ mustToPrettyJson (list 1) }}
{{ toRawJson (float64 "inf") }}
{{ mustToJson (float64 "NaN") }}
{{ toJson (float64 "NaN") }}|{{ toPrettyJson (float64 "NaN") }}|
{{ toJson (splitList "," "a,b") }} {{ toJson (split "," "a,b") }} {{ toJson nil }} {{ toJson (semver "v1.2.3") }} {{ toJson (rest list) }}
{{ getHostByName "localhost" }}|
