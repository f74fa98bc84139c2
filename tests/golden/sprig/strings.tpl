{{ quote "a\tb" .Values.n nil .Values.nothing "é" .Values.big }}
{{ squote "a'b" 1 nil 1.5 }}
{{ quote nil }}
{{ cat "" "a" "" 1 nil .Values.big }}
{{ indent 2 "a\n\nb\n" }}
{{ nindent 4 "" }}
{{ indent -1 "a" }}
{{ replace "a" "b" "banana" }}
{{ replace "" "-" "abé" }}
{{ replace "" "x" "" }}
{{ repeat 3 "ab" }}
{{ repeat -1 "ab" }}
{{ repeat .Values.n "ab" }}
{{ substr 0 3 "hello" }}
{{ substr -1 3 "hello" }}
{{ substr 1 -1 "hello" }}
{{ substr 3 1 "hello" }}
{{ substr 9 99 "hello" }}
{{ substr -1 99 "hello" }}
{{ trunc 3 "hello" }}|{{ trunc -3 "hello" }}|{{ trunc 0 "hello" }}|{{ trunc 9 "hello" }}|{{ trunc -9 "hello" }}
{{ abbrev 5 "hello world" }}|{{ abbrev 3 "hello" }}|{{ abbrev 99 "hello" }}
{{ abbrevboth 5 10 "1234 5678 9123" }}|{{ abbrevboth 5 6 "1234 5678 9123" }}|{{ abbrevboth 0 6 "1234 5678 9123" }}|{{ abbrevboth 99 8 "1234 5678 9123" }}
{{ plural "one" "many" 1 }} {{ plural "one" "many" 2 }}
{{ (split "." "a.b.c")._1 }} {{ split "." "a.b" }} {{ (split "." "a").nope }}
{{ splitn "." 2 "a.b.c" }} {{ splitn "." 0 "a.b.c" }} {{ splitn "." -1 "a.b.c" }}
{{ splitList "," "a,b,," | toJson }} {{ splitList "" "abé" | toJson }} {{ splitList "," "" | toJson }}
{{ join "-" .Values.l }} {{ join "-" "x" }} {{ join "-" nil }} {{ join "," (list 1 2.5 true) }}
{{ toString .Values.big }} {{ toString nil }} {{ toString .Values.l }} {{ toString .Values.m }}
{{ toStrings .Values.l | toJson }} {{ toStrings "x" | toJson }} {{ toStrings nil | toJson }}
{{ nospace "a b\tc" }} {{ nospace "é x" }} {{ nospace "éx" }}
{{ initials "First Try éa bc" }}
{{ wrap 5 "hello world foo" }}|{{ wrap 80 "a b" }}|{{ wrap 3 "abcdefgh i" }}|{{ wrap 0 "a b" }}
{{ wrapWith 5 "\t" "hello wonderful world" }}|{{ wrapWith 3 "" "abcdefgh" }}
{{ contains "l" "hello" }} {{ hasPrefix "he" "hello" }} {{ hasSuffix "x" "hello" }} {{ contains "" "" }}
{{ trim "  a b \n" }}|{{ trimAll "$x" "x$a$x" }}|{{ trimall "-" "-a-" }}|{{ trimPrefix "a" "aab" }}|{{ trimSuffix "b" "abb" }}
{{ upper "aß é" }} {{ lower "AÉİ" }} {{ title "hello o'neil foo-bar x_y 1st a·b" }} {{ untitle "Hello World" }}
{{ swapcase "Hello World aB" }}
{{ camelcase "foo_bar-baz qux" }} {{ camelcase "HTTPServer" }} {{ camelcase "ID123" }} {{ camelcase "_a__b_" }}
{{ snakecase "HTTPServerName2xx" }} {{ snakecase "a  b--c" }} {{ snakecase "éÉcole" }} {{ snakecase "日本Go" }}
{{ kebabcase "FirstName_two three" }} {{ kebabcase "v1beta1" }} {{ kebabcase "a.b/C" }}
{{ hello }}
{{ upper 1 }}
{{ upper }}
{{ upper "a" "b" }}
{{ .Values.n | upper }}
{{ trunc 1.5 "a" }}
{{ shuffle "" }}|{{ len (shuffle "abcdef") }}
{{ trimSuffix "-" (trunc 5 "abcd-efgh") }}
{{ quote (list "a" "b") }} {{ quote (dict "a" 1) }} {{ quote true }}
{{ printf "%s" (replace "\n" "\\n" "a\nb") }}
{{ snakecase "ab\xff1c" }} {{ kebabcase "\xfb" }} {{ snakecase "\xffA\xfe" }} {{ camelcase "a\xffb-c" }} {{ upper "a\xff" }} {{ title "\xffa b" }} {{ swapcase "ǅ\xff" }}
{{ snakecase "ℵⅧ½·Ab" }} {{ kebabcase "日本Ab語c" }} {{ swapcase "Ⅷⓐªʰ" }} {{ title "ŉ ǆ ß ﬁ" }} {{ camelcase "ⅷ_ǆb" }}
