"""YAML as kubeconfigs and credential plugins have it: the first document, whose dates are plain words."""

from __future__ import annotations

from typing import Any, ClassVar


def first_document(text: str) -> Any:
    """The first document of a text, None where there is none; what follows is not read. Raises yaml.YAMLError."""
    # Imported here: manifests and --help need no kubeconfig.
    import yaml
    from yaml.constructor import ConstructorError

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers: ClassVar = {
            first: [each for each in resolvers if each[0] != "tag:yaml.org,2002:timestamp"]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

        def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
            try:
                return super().construct_object(node, deep)
            except (ValueError, LookupError, AttributeError):
                # What PyYAML makes of a tag that its text does not fit. Kubectl quotes the text, which may be a token.
                tag = node.tag.replace("tag:yaml.org,2002:", "!!")
                raise ConstructorError(None, None, f"cannot decode !!str as a {tag}", node.start_mark) from None

    return next(iter(yaml.load_all(text, Loader)), None)
