// Package controllers stands for sigs.k8s.io/mcs-api/controllers, which not every module proxy has. Cilium's Gateway API
// controllers take one name from it.
package controllers

// DerivedServiceAnnotation is where a ServiceImport names the Service behind it.
const DerivedServiceAnnotation = "multicluster.kubernetes.io/derived-service"
