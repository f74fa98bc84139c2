{{ b64enc "hello" }} {{ b64enc "" }} {{ b64dec "aGVsbG8=" }} {{ b64dec "aGVs\nbG8=" }} {{ "é" | b64enc }}
{{ b64dec "!" }}|{{ b64dec "aGV" }}|{{ b64dec "aGVsbG" }}|{{ b64dec "aGVs=" }}|{{ b64dec "aA=" }}|{{ b64dec "aA=x" }}|{{ b64dec "aA==x" }}|{{ b64dec "====" }}|{{ b64dec "aGVs\n\nbG" }}|{{ b64dec "a=" }}
{{ b32enc "hello" }} {{ b32enc "hi" }} {{ b32dec "NBSWY3DP" }} {{ b32dec "NBUQ====" }} {{ b32dec "MZXW6===" }}
{{ b32dec "nb" }}|{{ b32dec "NB" }}|{{ b32dec "NBSWY3D" }}|{{ b32dec "NB1=====" }}|{{ b32dec "NBUQ===" }}|{{ b32dec "NBUQ===x" }}|{{ b32dec "NBU=====" }}|{{ b32dec "=" }}|{{ b32dec "NBUQ====NBUQ====" }}|{{ b32dec "NBUQ=A==" }}
{{ sha1sum "a" }} {{ sha256sum "a" }} {{ sha512sum "" }} {{ adler32sum "abc" }} {{ adler32sum "" }}
{{ b64enc 1 }}
{{ encryptAES "k" "" }}|{{ decryptAES "k" "" }}|{{ encryptAES "secret" "text" | decryptAES "secret" }}
{{ decryptAES "k" "!" }}
{{ decryptAES "k" "aGVsbG8=" }}
{{ decryptAES "k" "MDEyMzQ1Njc4OWFiY2RlZjAxMjM=" }}
{{ decryptAES "k" "MDEyMzQ1Njc4OWFiY2RlZg==" }}
{{ derivePassword 1 "long" "password" "user" "example.com" }} {{ derivePassword 1 "nope" "p" "u" "s" }}
{{ htpasswd "u:x" "p" }} {{ substr 0 9 (htpasswd "u" "p") }} {{ bcrypt (repeat 73 "x") }}
{{ genPrivateKey "nope" }} {{ genPrivateKey "ecdsa" | trunc 30 }} {{ genPrivateKey "ed25519" | trunc 27 }} {{ len (splitList "\n" (genPrivateKey "ecdsa")) }} {{ len (splitList "\n" (genPrivateKey "ed25519")) }}
{{ $ca := genCA "ca" 1 }}{{ typeOf $ca }} {{ trunc 27 $ca.Cert }} {{ trunc 31 $ca.Key }} {{ $c := genSignedCert "x" (list "10.0.0.1") (list "a.b") 1 $ca }}{{ trunc 27 $c.Cert }}
{{ $c := genSelfSignedCert "x" nil nil 1 }}{{ trunc 27 $c.Cert }}{{ $d := buildCustomCert (b64enc $c.Cert) (b64enc $c.Key) }}{{ eq $c.Cert $d.Cert }} {{ eq $c.Key $d.Key }}
{{ genSelfSignedCert "x" (list "bad") nil 1 }}
{{ genSelfSignedCert "x" (list 1) nil 1 }}
{{ genSelfSignedCert "x" nil (list 1) 1 }}
{{ genCAWithKey "x" 1 "nope" }}
{{ genCAWithKey "x" 1 "-----BEGIN FOO-----\nAAAA\n-----END FOO-----\n" }}
{{ genCAWithKey "x" 1 "-----BEGIN FOO PRIVATE KEY-----\nAAAA\n-----END FOO PRIVATE KEY-----\n" }}
{{ $k := genPrivateKey "ecdsa" }}{{ $ca := genCAWithKey "x" 1 $k }}{{ eq $ca.Key $k }}
{{ buildCustomCert "!" "a" }}
{{ buildCustomCert "aGk=" "!" }}
{{ buildCustomCert "aGk=" "aGk=" }}
{{ len (randAlphaNum 5) }} {{ len (randAlpha 0) }} {{ randNumeric -1 }} {{ len (randAscii 7) }} {{ len (randBytes 3) }} {{ len uuidv4 }} {{ regexMatch "^[0-9a-f-]{14}4" uuidv4 }}
{{ randBytes -1 }}
