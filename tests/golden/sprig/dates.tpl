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
