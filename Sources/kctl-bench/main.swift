print("kctl-bench")
