//go:build tools

// Package servers pins the programs that the tests run against. The blank imports keep
// `go mod tidy` from dropping them; the build tag keeps them out of any ordinary build.
package servers

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
