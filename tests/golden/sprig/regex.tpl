{{ regexMatch "^a+$" "aaa" }} {{ regexMatch "[" "a" }} {{ regexMatch "" "" }}
{{ mustRegexMatch "[" "a" }}
{{ regexFind "[0-9]+" "a12b345" }}|{{ regexFind "x" "a" }}|
{{ regexFind "[" "a" }}
{{ mustRegexFind "(?=a)" "a" }}
{{ regexFindAll "[0-9]" "1a2b3" -1 | toJson }} {{ regexFindAll "[0-9]" "1a2b3" 2 | toJson }} {{ regexFindAll "x" "1" -1 | toJson }} {{ regexFindAll "[0-9]" "1a2" 0 | toJson }}
{{ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }} {{ regexReplaceAll "a(x*)b" "-ab-axxb-" "$1W" }} {{ regexReplaceAll "x*" "abc" "-" }} {{ regexReplaceAll "(?P<n>a)" "ab" "${n}$$" }}
{{ regexReplaceAllLiteral "a(x*)b" "-ab-" "${1}" }} {{ mustRegexReplaceAll "a" "banana" "o" }} {{ mustRegexReplaceAllLiteral "a" "banana" "$0" }}
{{ regexReplaceAll "[" "a" "b" }}
{{ regexSplit "z+" "pizza" -1 | toJson }} {{ regexSplit "z" "pizza" 0 | toJson }} {{ regexSplit "z" "pizza" 1 | toJson }} {{ regexSplit "z" "pizza" 2 | toJson }} {{ regexSplit "" "abc" -1 | toJson }} {{ regexSplit "a" "" -1 | toJson }} {{ mustRegexSplit "a" "banana" -1 | toJson }}
{{ regexQuoteMeta "1.2.3[a]" }}
{{ semverCompare ">=1.2" "1.3.0" }} {{ semverCompare "^1.2.0" "v1.9" }} {{ semverCompare "~1.2.3" "1.3.0" }} {{ semverCompare ">=1.19" "v1.20.3-gke.100" }} {{ semverCompare ">=1.19-0" "v1.20.3-gke.100" }} {{ semverCompare "<1 || >=2, <3" "2.5" }} {{ semverCompare "!=1.2.3" "1.2.3-rc" }} {{ semverCompare "1.2 - 1.4" "1.4.5" }}
{{ semverCompare "" "1" }}
{{ semverCompare ">=1" "x" }}
{{ semverCompare ">=1.2<3" "1" }}
{{ $v := semver "v1.2.3-rc.1+b5" }}{{ $v.Major }} {{ $v.Minor }} {{ $v.Patch }} {{ $v.Prerelease }} {{ $v.Metadata }} {{ $v.Original }} {{ $v }} {{ $v.String }} {{ kindOf $v.Major }}
{{ (semver "v1.2.3-rc").IncPatch }} {{ (semver "1.2.3").IncMinor }} {{ (semver "1.2.3").IncMajor }} {{ (semver "1.2").Compare (semver "1.3") }} {{ (semver "1.2").LessThan (semver "1.3") }} {{ (semver "1.2").Equal (semver "v1.2.0") }} {{ (semver "2").GreaterThan (semver "1") }}
{{ semver "abc" }}
{{ semver "1.2.3-01" }}
{{ eq (semver "1.2.3") (semver "1.2.3") }}
{{ semver "1.2.3" | quote }} {{ printf "%s %v" (semver "1.2") (semver "1.3") }}
{{ base "a/b.txt" }} {{ base "" }} {{ base "/" }} {{ dir "a/b" }} {{ dir "a" }} {{ clean "a/../b//c" }} {{ clean "" }} {{ ext "a.tar.gz" }} {{ isAbs "/a" }} {{ isAbs "a" }}
{{ osBase "a/b.txt" }} {{ osDir "a/b" }} {{ osClean "a/../../b" }} {{ osExt "a.x/b" }} {{ osIsAbs "/a" }}
{{ mustRegexFind "\\C" "a" }}
{{ mustRegexFind "\\p{greek}" "a" }}
{{ mustRegexFind "\\p{Alphabetic}" "a" }}
{{ mustRegexFind "(a{100}){11}" "a" }}
{{ mustRegexFind "((a{10}){10}){10}" "a" | len }} {{ regexMatch "\\p{^Lu}" "A" }} {{ regexMatch "\\P{^Lu}" "A" }} {{ regexMatch "\\pC" "\u0378" }}
{{ mustRegexFind "\\E" "a" }}
{{ regexFind "\\W" "a\xff" | quote }} {{ regexFindAll "." "\xfbé" -1 | quote }} {{ regexReplaceAll "[^a]" "a\xff" "\xfe$0" | quote }} {{ regexSplit "a" "\xffa\xfe" -1 | quote }} {{ regexMatch "^.$" "\x80" }}
