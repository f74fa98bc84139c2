{{ urlParse "http://admin:secret@server.com:8080/api/a%20b?list=false&x#anchor" | toJson }}
{{ urlParse "mailto:a@b.c" | toJson }} {{ urlParse "/a/b" | toJson }} {{ urlParse "" | toJson }} {{ urlParse "HTTP://[::1]:80/x" | toJson }} {{ urlParse "http://h?" | toJson }}
{{ urlParse "://bad" }}
{{ urlParse "http://a b/" }}
{{ urlParse "http://h:x/" }}
{{ urlParse "http://h/%zz" }}
{{ urlParse "a:b:c" | toJson }} {{ urlParse "http://u@h" | toJson }} {{ urlParse "//h/p" | toJson }} {{ urlParse "*" | toJson }}
{{ urlParse "1a:b" }}
{{ urlJoin (dict "scheme" "http" "host" "h:80" "path" "/a b" "query" "q=1" "fragment" "f g" "userinfo" "u:p") }} {{ urlJoin (dict "path" "a:b") }} {{ urlJoin (dict "host" "h" "path" "x") }} {{ urlJoin dict }}|{{ urlJoin (dict "scheme" "mailto" "opaque" "a@b") }} {{ urlJoin (dict "scheme" "http") }} {{ urlJoin (urlParse "https://a.b/c?d#e") }}
{{ urlJoin (dict "scheme" 1) }}
{{ urlJoin (dict "userinfo" "a b") }}
