{{ int "012" }} {{ int "08" }} {{ int "0x1F" }} {{ int "5.00" }} {{ int "1.5" }} {{ int "1e3" }} {{ int " 5" }} {{ int "1_000" }} {{ int true }} {{ int nil }} {{ int 1.9 }} {{ int -1.9 }} {{ int .Values.l }}
{{ int64 .Values.big }} {{ int 1e19 }} {{ int "9223372036854775808" }}
{{ float64 "1e3" }} {{ float64 "inf" }} {{ float64 "0x10" }} {{ float64 "1_0" }} {{ float64 nil }} {{ float64 true }} {{ float64 "x" }} {{ float64 3 }}
{{ add 1 2 3 }} {{ add }} {{ add 1.5 2.5 }} {{ add "3" .Values.n }} {{ add1 4 }}
{{ sub 5 3 }} {{ mul 2 3 4 }} {{ mul 2 }} {{ div 7 2 }} {{ div -7 2 }} {{ mod -7 3 }} {{ mod 7 3 }}
{{ div 1 0 }}
{{ mod 1 0 }}
{{ max 1 3 2 }} {{ min 1 3 2 }} {{ biggest 1.9 1.1 }} {{ max -1 }}
{{ addf 0.1 0.2 }} {{ addf }} {{ subf 0.3 0.1 }} {{ subf 5 }} {{ mulf 0.1 3 }} {{ mulf 1.5 2 4 }}
{{ divf 1 3 }} {{ divf 10 3 }} {{ divf 1 7 }} {{ divf -1 3 }} {{ divf 2 3 }} {{ divf 1 8 }} {{ divf 1e20 3 }} {{ divf 1e-20 3 }}
{{ divf 1 0 }}
{{ addf "inf" 1 }}
{{ add1f 1.5 }} {{ maxf 1.5 2.5 }} {{ minf 1.5 2.5 "NaN" }} {{ maxf 1 }}
{{ floor 1.7 }} {{ ceil 1.2 }} {{ ceil 1000000 }} {{ floor -1.5 }}
{{ round 1.5 0 }} {{ round -1.5 0 }} {{ round -2.5 0 }} {{ round 1.005 2 }} {{ round 123.456 -1 }} {{ round 123.5555 3 0.2 }} {{ round "2.345" 1 }}
{{ until 3 }} {{ until -3 }} {{ until 0 }} {{ until 3 | toJson }} {{ typeOf (until 1) }}
{{ untilStep 0 10 3 }} {{ untilStep 10 0 -3 }} {{ untilStep 0 10 -1 }} {{ untilStep 0 10 0 }} {{ untilStep 5 5 1 }}
{{ seq 5 }}|{{ seq 0 }}|{{ seq -3 }}|{{ seq 2 5 }}|{{ seq 5 2 }}|{{ seq 0 2 10 }}|{{ seq 10 -3 0 }}|{{ seq 0 -1 5 }}|{{ seq 5 1 0 }}|{{ seq 1 2 3 4 }}|{{ seq }}|{{ seq 0 3 10 }}|{{ seq 3 3 }}
{{ until .Values.n }}
{{ atoi "12" }} {{ atoi "x" }} {{ atoi "012" }} {{ atoi "1.5" }}
{{ toDecimal 777 }} {{ toDecimal "888" }} {{ toDecimal .Values.big }}
{{ randInt 5 6 }}
{{ randInt 5 5 }}
{{ kindOf (add 1 2) }} {{ kindOf (int 1) }} {{ kindOf (float64 1) }} {{ kindOf (len "a") }} {{ kindOf (round 1 0) }}
{{ add "a" }} {{ sub .Values.m 1 }}
{{ div 9223372036854775807 -1 }} {{ add 9223372036854775807 1 }} {{ mul 4611686018427387904 4 }}
