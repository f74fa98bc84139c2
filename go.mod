module deploy-manager/oracle3

go 1.23.0

require helm.sh/helm/v3 v3.17.2 // indirect
