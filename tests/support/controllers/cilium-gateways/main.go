// Command cilium-gateways runs the Gateway API controllers of Cilium's operator, and nothing else of it: the operator as
// a whole needs modules that not every module proxy has, a lease, and nodes.
package main

import (
	"log/slog"
	"os"

	"github.com/cilium/hive/cell"
	"github.com/spf13/pflag"

	operatorOption "github.com/cilium/cilium/operator/option"
	"github.com/cilium/cilium/operator/pkg/ciliumenvoyconfig"
	controllerruntime "github.com/cilium/cilium/operator/pkg/controller-runtime"
	gatewayapi "github.com/cilium/cilium/operator/pkg/gateway-api"
	"github.com/cilium/cilium/operator/pkg/secretsync"
	mcsapitypes "github.com/cilium/cilium/pkg/clustermesh/mcsapi/types"
	"github.com/cilium/cilium/pkg/hive"
	k8sClient "github.com/cilium/cilium/pkg/k8s/client"
	"github.com/cilium/cilium/pkg/option"
)

func main() {
	// What the operator takes from --enable-gateway-api, --kube-proxy-replacement, --enable-ipv4 and --enable-ipv6. The tests'
	// API server has no IPv6, so it would refuse the Services of Gateways.
	operatorOption.Config.EnableGatewayAPI = true
	operatorOption.Config.KubeProxyReplacement = true
	option.Config.EnableIPv4, option.Config.EnableIPv6 = true, false
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	h := hive.New(
		k8sClient.Cell,
		cell.Provide(
			func() *option.DaemonConfig { return option.Config },
			func() *operatorOption.OperatorConfig { return operatorOption.Config },
			func() mcsapitypes.MCSAPIConfig { return mcsapitypes.DefaultMCSAPIConfig },
		),
		controllerruntime.Cell,
		gatewayapi.Cell,
		secretsync.Cell,
		ciliumenvoyconfig.Cell,
	)
	h.RegisterFlags(pflag.CommandLine)
	pflag.Parse()
	if err := h.Run(logger); err != nil {
		logger.Error(err.Error())
		os.Exit(1)
	}
}
