"""How a release is made: the bundle for krew, its manifest, wheel and sdist. README.md says how in ten lines."""
