{{ $v := semver "v1.2.3-rc.1+build.5" }}{{ $v }} {{ $v.Original }} {{ $v.Major }} {{ $v.Prerelease }} {{ $v.Metadata }} {{ $v.IncMajor }} {{ $v.IncMinor }} {{ $v.IncPatch }} {{ $v.IncPatch.Patch }} {{ printf "%s" $v.MarshalJSON }} {{ $v.Value }} {{ typeOf $v }} {{ typeOf $v.IncMajor }}
{{ $v := semver "v1.2.3" }}{{ $v.SetPrerelease "beta.1" }} {{ $v.SetMetadata "b.7" }} {{ ($v.SetPrerelease "").Prerelease }} {{ $v.SetPrerelease "a..b" }}
{{ (semver "1.2.3").SetPrerelease "b_d" }}
{{ (semver "1.2.3").SetPrerelease "01" }}
{{ (semver "1.2.3").SetMetadata "b_d" }}
{{ (semver "1.2.3").IncMajor.Original }}
{{ (semver "1.2.3").Compare ((semver "1.2.3").IncMajor) }}
{{ (semver "1.2.3").Compare "1.2.3" }}
{{ printf "%#v %+v %d" (semver "1.2.3-a") (semver "1.2.3-a") (semver "1.2.3-a") }}
{{ index (semver "1.2.3") 1 }}
{{ len (semver "1.2.3") }}
{{ (semver "18446744073709551615.0.0").IncMajor }}
{{ eq (semver "1.2.3") (semver "1.2.3") }}
{{ eq (toDate "2006" "2020") (semver "1.2.3") }}
{{ eq (toDate "2006" "2020") (toDate "2006" "2020") }} {{ eq (semver "1.2.3").IncMajor (semver "1.0.0").IncMajor }}
