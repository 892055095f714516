// KubeControllerManager
