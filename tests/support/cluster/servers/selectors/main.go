// Command selectors says what apimachinery makes of label selectors. It reads a JSON list of {selector, labels} and
// writes a list of "selected", "not selected" and "invalid" in the same order.
package main

import (
	"encoding/json"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

type question struct {
	Selector *metav1.LabelSelector `json:"selector"`
	Labels   map[string]string     `json:"labels"`
}

func main() {
	var questions []question
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		panic(err)
	}
	answers := make([]string, 0, len(questions))
	for _, each := range questions {
		selector, err := metav1.LabelSelectorAsSelector(each.Selector)
		switch {
		case err != nil:
			answers = append(answers, "invalid")
		case selector.Matches(labels.Set(each.Labels)):
			answers = append(answers, "selected")
		default:
			answers = append(answers, "not selected")
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}
