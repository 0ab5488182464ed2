"""JSONPath templates, and what kubectl prints for each, applied to the object below."""

from __future__ import annotations

from kubectl_refs.core.model.objects import JSON

OBJECT: JSON = {
    "apiVersion": "example.org/v1",
    "kind": "Widget",
    "metadata": {"name": "a", "labels": {"app.kubernetes.io/name": "web"}},
    "parts": [
        {"name": "x", "port": 80, "on": True, "in": {"namespace": "n"}},
        {"name": "y", "port": 8080, "on": False},
        {"name": "z", "port": 443.5},
    ],
}

TEMPLATES = (
    ("{.kind}", "Widget"),
    ("{$.kind} {@.kind} { .kind }", "Widget Widget Widget"),
    (".kind", ".kind"),
    ("{.parts[*].name}", "x y z"),
    ("{.parts[0].name}{.parts[-1].name}", "xz"),
    ("{.parts[0:2].name} {.parts[1:].name} {.parts[::2].name}", "x y y z x z"),
    ("{.parts[0,2].name}", "x z"),
    ("{.parts[0]['name','port']}", "x 80"),
    (r"{.metadata.labels.app\.kubernetes\.io/name}", "web"),
    (r"{.metadata.labels['app\.kubernetes\.io/name']}", "web"),
    ('{.parts[?(@.name=="y")].port}', "8080"),
    ("{.parts[?(@.name!='y')].port}", "80 443.5"),
    ("{.parts[?(@.in.namespace)].name}", "x"),
    ("{.parts[?(@.on==true)].name}", "x"),
    ('{range .parts[*]}{.name}{"\\t"}{@.port}{"\\n"}{end}', "x\t80\ny\t8080\nz\t443.5\n"),
    ("{range .parts[0:2]}{.name}", "xy"),
    ("a{.nothing.at.all}b", "ab"),
    ("{.parts[0].in}", '{"namespace":"n"}'),
    ('{"{"}', "{"),
    ("{.metadata..name}", "a"),
)
WRONG = ("{.kind", "{end}", "{.parts[a]}", "{.a[}")
