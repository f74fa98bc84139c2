{{ $t := toDate "2006-01-02 15:04:05" "2020-02-03 04:05:06" }}{{ $t }} {{ date "2006-01-02T15:04:05Z07:00" $t }} {{ dateInZone "Mon Jan _2 2006 03:04PM" $t "UTC" }} {{ date_in_zone "02/01/06" $t "nope" }} {{ htmlDate $t }} {{ htmlDateInZone $t "UTC" }} {{ unixEpoch $t }}
{{ date "2006-01-02 15:04" 86400 }} {{ dateInZone "2006-01-02" (int64 86400) "UTC" }} {{ htmlDate 0 }} {{ eq (htmlDate now) (htmlDate "x") }} {{ eq (htmlDate now) (htmlDate 1.5) }}
{{ toDate "2006-01-02" "bad" }}
{{ mustToDate "2006-01-02" "bad" }}
{{ mustToDate "2006-01-02" "2020-13-01" }}
{{ $t := toDate "2006-01-02" "2020-02-03" }}{{ dateModify "-1.5h" $t }} {{ date_modify "bad" $t }} {{ mustDateModify "24h" $t }} {{ must_date_modify "1m" $t }}
{{ $t := toDate "2006-01-02" "2020-02-03" }}{{ mustDateModify "bad" $t }}
{{ duration "95" }} {{ duration (int64 3600) }} {{ duration 95 }} {{ duration 1.5 }} {{ duration "x" }} {{ duration "-95" }}
{{ durationRound "2h10m5s" }} {{ durationRound "24h" }} {{ durationRound "60s" }} {{ durationRound "61s" }} {{ durationRound "1s" }} {{ durationRound "2400h" }} {{ durationRound "-90m" }} {{ durationRound "9000h" }} {{ durationRound (int64 2000000000) }} {{ durationRound "x" }}
{{ ago now }} {{ regexMatch "^[0-9]+h[0-9]+m[0-9]+s$" (ago (toDate "2006-01-02" "2020-02-03")) }}
{{ (toDate "2006-01-02" "2020-02-03").Year }} {{ (toDate "2006-01-02" "2020-02-03").Month }} {{ (toDate "2006-01-02" "2020-02-03").Weekday }} {{ (now).IsZero }} {{ (toDate "2006-01-02" "x").IsZero }}
{{ unixEpoch "x" }}
{{ dateModify "1h" "x" }}
{{ $t := toDate "2006-01-02T15:04:05Z07:00" "2020-02-03T04:05:06.789Z" }}{{ printf "%#v" $t }} {{ $t.GoString }} {{ $t.Location }} {{ printf "%s" $t.MarshalJSON }} {{ printf "%s" $t.MarshalText }} {{ $t.IsDST }} {{ $t.UnixMilli }} {{ $t.UnixMicro }} {{ $t.UnixNano }} {{ $t.Month.String }} {{ $t.Weekday.String }} {{ $t.Round 1000000000 }} {{ $t.Add 1500 }}
{{ $a := toDate "2006-01-02" "2020-02-03" }}{{ $b := toDate "2006-01-02" "2021-03-04" }}{{ $d := $b.Sub $a }}{{ $d }} {{ $d.Hours }} {{ $d.Minutes }} {{ $d.Seconds }} {{ $d.Milliseconds }} {{ $d.String }} {{ $d.Round 100000000000000 }} {{ $d.Truncate 7000000000 }} {{ ($a.Sub $b).Abs }} {{ kindOf $d }} {{ typeOf $d }} {{ $a.Add $d }} {{ $a.In $b.Location }}
{{ (toDate "2006-01-02" "2020-02-03").Zone }}
{{ (toDate "2006-01-02" "2020-02-03").Date }}
{{ (toDate "2006-01-02" "2020-02-03").ISOWeek }}
{{ (toDate "2006-01-02" "2020-02-03").Add "1h" }}
{{ (toDate "2006-01-02" "2020-02-03").Add .Values.n }}
{{ date "2006-01-02 15:04 PM" 223372036854775807 }} {{ htmlDateInZone -62135596801 "UTC" }} {{ dateInZone "2006-01-02 15:04 MST" 410187387904 "Australia/Lord_Howe" }}
{{ ago (toDate "2006" "x") }} {{ printf "%d|%x" (toDate "2006" "x") (toDate "2006" "2020") }}
{{ mustToDate "2006\xff" "2006\xfe" }}
