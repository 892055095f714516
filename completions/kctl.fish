# Completion of kctl for fish, made from its table of commands. To load it: kctl completion fish | source

# Every command by its path, and the flags that take the next word, behind the path of their command.
set -g __kctl_paths \
    'kctl' \
    'kctl agent' \
    'kctl agent logs' \
    'kctl agent restart' \
    'kctl agent start' \
    'kctl agent status' \
    'kctl agent stop' \
    'kctl agent unit' \
    'kctl annotate' \
    'kctl api-resources' \
    'kctl api-versions' \
    'kctl apply' \
    'kctl apply view-last-applied' \
    'kctl attach' \
    'kctl auth' \
    'kctl auth can-i' \
    'kctl auth whoami' \
    'kctl completion' \
    'kctl config' \
    'kctl config current-context' \
    'kctl config delete-cluster' \
    'kctl config delete-context' \
    'kctl config get-clusters' \
    'kctl config get-contexts' \
    'kctl config rename-context' \
    'kctl config set-cluster' \
    'kctl config set-context' \
    'kctl config use-context' \
    'kctl config use' \
    'kctl config view' \
    'kctl cordon' \
    'kctl cp' \
    'kctl create' \
    'kctl create configmap' \
    'kctl create cm' \
    'kctl create deployment' \
    'kctl create deploy' \
    'kctl create namespace' \
    'kctl create ns' \
    'kctl create secret' \
    'kctl create secret generic' \
    'kctl create service' \
    'kctl create svc' \
    'kctl create service clusterip' \
    'kctl create svc clusterip' \
    'kctl create service externalname' \
    'kctl create svc externalname' \
    'kctl create service loadbalancer' \
    'kctl create svc loadbalancer' \
    'kctl create service nodeport' \
    'kctl create svc nodeport' \
    'kctl create serviceaccount' \
    'kctl create sa' \
    'kctl delete' \
    'kctl describe' \
    'kctl diff' \
    'kctl drain' \
    'kctl edit' \
    'kctl events' \
    'kctl exec' \
    'kctl explain' \
    'kctl expose' \
    'kctl get' \
    'kctl help' \
    'kctl label' \
    'kctl logs' \
    'kctl options' \
    'kctl patch' \
    'kctl plugin' \
    'kctl plugin list' \
    'kctl port-forward' \
    'kctl replace' \
    'kctl rollout' \
    'kctl rollout history' \
    'kctl rollout pause' \
    'kctl rollout restart' \
    'kctl rollout resume' \
    'kctl rollout status' \
    'kctl rollout undo' \
    'kctl run' \
    'kctl scale' \
    'kctl serve' \
    'kctl set' \
    'kctl set env' \
    'kctl set image' \
    'kctl set resources' \
    'kctl sim' \
    'kctl sim advance' \
    'kctl sim clock' \
    'kctl sim crash' \
    'kctl sim export' \
    'kctl sim fail' \
    'kctl sim heal' \
    'kctl sim import' \
    'kctl sim reset' \
    'kctl sim status' \
    'kctl taint' \
    'kctl top' \
    'kctl top node' \
    'kctl top nodes' \
    'kctl top no' \
    'kctl top pod' \
    'kctl top pods' \
    'kctl top po' \
    'kctl uncordon' \
    'kctl version' \
    'kctl wait'
set -g __kctl_valued \
    'kctl agent logs --tail' \
    'kctl agent restart --kubeconfig-out' \
    'kctl agent restart --listen' \
    'kctl agent start --kubeconfig-out' \
    'kctl agent start --listen' \
    'kctl annotate --field-manager' \
    'kctl annotate --field-selector' \
    'kctl annotate --filename' \
    'kctl annotate -f' \
    'kctl annotate --output' \
    'kctl annotate -o' \
    'kctl annotate --resource-version' \
    'kctl annotate --selector' \
    'kctl annotate -l' \
    'kctl annotate --template' \
    'kctl api-resources --api-group' \
    'kctl api-resources --categories' \
    'kctl api-resources --output' \
    'kctl api-resources -o' \
    'kctl api-resources --sort-by' \
    'kctl api-resources --verbs' \
    'kctl apply --field-manager' \
    'kctl apply --filename' \
    'kctl apply -f' \
    'kctl apply --grace-period' \
    'kctl apply --output' \
    'kctl apply -o' \
    'kctl apply --selector' \
    'kctl apply -l' \
    'kctl apply --template' \
    'kctl apply --timeout' \
    'kctl apply view-last-applied --filename' \
    'kctl apply view-last-applied -f' \
    'kctl apply view-last-applied --output' \
    'kctl apply view-last-applied -o' \
    'kctl apply view-last-applied --selector' \
    'kctl apply view-last-applied -l' \
    'kctl attach --container' \
    'kctl attach -c' \
    'kctl attach --pod-running-timeout' \
    'kctl auth can-i --subresource' \
    'kctl auth whoami --output' \
    'kctl auth whoami -o' \
    'kctl auth whoami --template' \
    'kctl config get-contexts --output' \
    'kctl config get-contexts -o' \
    'kctl config set-cluster --runtime' \
    'kctl config set-cluster --runtime-arg' \
    'kctl config set-cluster --server' \
    'kctl config set-context --cluster' \
    'kctl config set-context --namespace' \
    'kctl config set-context -n' \
    'kctl config set-context --user' \
    'kctl config view --output' \
    'kctl config view -o' \
    'kctl config view --template' \
    'kctl cordon --selector' \
    'kctl cordon -l' \
    'kctl cp --container' \
    'kctl cp -c' \
    'kctl cp --retries' \
    'kctl create --field-manager' \
    'kctl create --filename' \
    'kctl create -f' \
    'kctl create --output' \
    'kctl create -o' \
    'kctl create --selector' \
    'kctl create -l' \
    'kctl create --template' \
    'kctl create configmap --field-manager' \
    'kctl create configmap --from-env-file' \
    'kctl create configmap --from-file' \
    'kctl create configmap --from-literal' \
    'kctl create configmap --output' \
    'kctl create configmap -o' \
    'kctl create configmap --template' \
    'kctl create cm --field-manager' \
    'kctl create cm --from-env-file' \
    'kctl create cm --from-file' \
    'kctl create cm --from-literal' \
    'kctl create cm --output' \
    'kctl create cm -o' \
    'kctl create cm --template' \
    'kctl create deployment --field-manager' \
    'kctl create deployment --image' \
    'kctl create deployment --output' \
    'kctl create deployment -o' \
    'kctl create deployment --port' \
    'kctl create deployment --replicas' \
    'kctl create deployment -r' \
    'kctl create deployment --template' \
    'kctl create deploy --field-manager' \
    'kctl create deploy --image' \
    'kctl create deploy --output' \
    'kctl create deploy -o' \
    'kctl create deploy --port' \
    'kctl create deploy --replicas' \
    'kctl create deploy -r' \
    'kctl create deploy --template' \
    'kctl create namespace --field-manager' \
    'kctl create namespace --output' \
    'kctl create namespace -o' \
    'kctl create namespace --template' \
    'kctl create ns --field-manager' \
    'kctl create ns --output' \
    'kctl create ns -o' \
    'kctl create ns --template' \
    'kctl create secret generic --field-manager' \
    'kctl create secret generic --from-env-file' \
    'kctl create secret generic --from-file' \
    'kctl create secret generic --from-literal' \
    'kctl create secret generic --output' \
    'kctl create secret generic -o' \
    'kctl create secret generic --template' \
    'kctl create secret generic --type' \
    'kctl create service clusterip --clusterip' \
    'kctl create service clusterip --field-manager' \
    'kctl create service clusterip --output' \
    'kctl create service clusterip -o' \
    'kctl create service clusterip --tcp' \
    'kctl create service clusterip --template' \
    'kctl create svc clusterip --clusterip' \
    'kctl create svc clusterip --field-manager' \
    'kctl create svc clusterip --output' \
    'kctl create svc clusterip -o' \
    'kctl create svc clusterip --tcp' \
    'kctl create svc clusterip --template' \
    'kctl create service externalname --external-name' \
    'kctl create service externalname --field-manager' \
    'kctl create service externalname --output' \
    'kctl create service externalname -o' \
    'kctl create service externalname --tcp' \
    'kctl create service externalname --template' \
    'kctl create svc externalname --external-name' \
    'kctl create svc externalname --field-manager' \
    'kctl create svc externalname --output' \
    'kctl create svc externalname -o' \
    'kctl create svc externalname --tcp' \
    'kctl create svc externalname --template' \
    'kctl create service loadbalancer --field-manager' \
    'kctl create service loadbalancer --output' \
    'kctl create service loadbalancer -o' \
    'kctl create service loadbalancer --tcp' \
    'kctl create service loadbalancer --template' \
    'kctl create svc loadbalancer --field-manager' \
    'kctl create svc loadbalancer --output' \
    'kctl create svc loadbalancer -o' \
    'kctl create svc loadbalancer --tcp' \
    'kctl create svc loadbalancer --template' \
    'kctl create service nodeport --field-manager' \
    'kctl create service nodeport --node-port' \
    'kctl create service nodeport --output' \
    'kctl create service nodeport -o' \
    'kctl create service nodeport --tcp' \
    'kctl create service nodeport --template' \
    'kctl create svc nodeport --field-manager' \
    'kctl create svc nodeport --node-port' \
    'kctl create svc nodeport --output' \
    'kctl create svc nodeport -o' \
    'kctl create svc nodeport --tcp' \
    'kctl create svc nodeport --template' \
    'kctl create serviceaccount --field-manager' \
    'kctl create serviceaccount --output' \
    'kctl create serviceaccount -o' \
    'kctl create serviceaccount --template' \
    'kctl create sa --field-manager' \
    'kctl create sa --output' \
    'kctl create sa -o' \
    'kctl create sa --template' \
    'kctl delete --field-selector' \
    'kctl delete --filename' \
    'kctl delete -f' \
    'kctl delete --grace-period' \
    'kctl delete --output' \
    'kctl delete -o' \
    'kctl delete --selector' \
    'kctl delete -l' \
    'kctl delete --timeout' \
    'kctl describe --chunk-size' \
    'kctl describe --filename' \
    'kctl describe -f' \
    'kctl describe --selector' \
    'kctl describe -l' \
    'kctl diff --concurrency' \
    'kctl diff --field-manager' \
    'kctl diff --filename' \
    'kctl diff -f' \
    'kctl diff --selector' \
    'kctl diff -l' \
    'kctl drain --chunk-size' \
    'kctl drain --grace-period' \
    'kctl drain --pod-selector' \
    'kctl drain --selector' \
    'kctl drain -l' \
    'kctl drain --skip-wait-for-delete-timeout' \
    'kctl drain --timeout' \
    'kctl edit --field-manager' \
    'kctl edit --filename' \
    'kctl edit -f' \
    'kctl edit --output' \
    'kctl edit -o' \
    'kctl edit --subresource' \
    'kctl edit --template' \
    'kctl events --chunk-size' \
    'kctl events --for' \
    'kctl events --output' \
    'kctl events -o' \
    'kctl events --template' \
    'kctl events --types' \
    'kctl exec --container' \
    'kctl exec -c' \
    'kctl exec --filename' \
    'kctl exec -f' \
    'kctl exec --pod-running-timeout' \
    'kctl explain --api-version' \
    'kctl explain --output' \
    'kctl explain -o' \
    'kctl expose --cluster-ip' \
    'kctl expose --external-ip' \
    'kctl expose --field-manager' \
    'kctl expose --filename' \
    'kctl expose -f' \
    'kctl expose --labels' \
    'kctl expose -l' \
    'kctl expose --load-balancer-ip' \
    'kctl expose --name' \
    'kctl expose --output' \
    'kctl expose -o' \
    'kctl expose --override-type' \
    'kctl expose --overrides' \
    'kctl expose --port' \
    'kctl expose --protocol' \
    'kctl expose --selector' \
    'kctl expose --session-affinity' \
    'kctl expose --target-port' \
    'kctl expose --template' \
    'kctl expose --type' \
    'kctl get --chunk-size' \
    'kctl get --field-selector' \
    'kctl get --filename' \
    'kctl get -f' \
    'kctl get --label-columns' \
    'kctl get -L' \
    'kctl get --output' \
    'kctl get -o' \
    'kctl get --raw' \
    'kctl get --selector' \
    'kctl get -l' \
    'kctl get --sort-by' \
    'kctl get --subresource' \
    'kctl get --template' \
    'kctl label --field-manager' \
    'kctl label --field-selector' \
    'kctl label --filename' \
    'kctl label -f' \
    'kctl label --output' \
    'kctl label -o' \
    'kctl label --resource-version' \
    'kctl label --selector' \
    'kctl label -l' \
    'kctl label --template' \
    'kctl logs --container' \
    'kctl logs -c' \
    'kctl logs --limit-bytes' \
    'kctl logs --max-log-requests' \
    'kctl logs --pod-running-timeout' \
    'kctl logs --selector' \
    'kctl logs -l' \
    'kctl logs --since' \
    'kctl logs --since-time' \
    'kctl logs --tail' \
    'kctl patch --field-manager' \
    'kctl patch --filename' \
    'kctl patch -f' \
    'kctl patch --output' \
    'kctl patch -o' \
    'kctl patch --patch' \
    'kctl patch -p' \
    'kctl patch --patch-file' \
    'kctl patch --subresource' \
    'kctl patch --template' \
    'kctl patch --type' \
    'kctl port-forward --address' \
    'kctl port-forward --pod-running-timeout' \
    'kctl replace --field-manager' \
    'kctl replace --filename' \
    'kctl replace -f' \
    'kctl replace --grace-period' \
    'kctl replace --output' \
    'kctl replace -o' \
    'kctl replace --subresource' \
    'kctl replace --template' \
    'kctl replace --timeout' \
    'kctl rollout history --filename' \
    'kctl rollout history -f' \
    'kctl rollout history --output' \
    'kctl rollout history -o' \
    'kctl rollout history --revision' \
    'kctl rollout history --selector' \
    'kctl rollout history -l' \
    'kctl rollout history --template' \
    'kctl rollout pause --field-manager' \
    'kctl rollout pause --filename' \
    'kctl rollout pause -f' \
    'kctl rollout pause --output' \
    'kctl rollout pause -o' \
    'kctl rollout pause --selector' \
    'kctl rollout pause -l' \
    'kctl rollout pause --template' \
    'kctl rollout restart --field-manager' \
    'kctl rollout restart --filename' \
    'kctl rollout restart -f' \
    'kctl rollout restart --output' \
    'kctl rollout restart -o' \
    'kctl rollout restart --selector' \
    'kctl rollout restart -l' \
    'kctl rollout restart --template' \
    'kctl rollout resume --field-manager' \
    'kctl rollout resume --filename' \
    'kctl rollout resume -f' \
    'kctl rollout resume --output' \
    'kctl rollout resume -o' \
    'kctl rollout resume --selector' \
    'kctl rollout resume -l' \
    'kctl rollout resume --template' \
    'kctl rollout status --filename' \
    'kctl rollout status -f' \
    'kctl rollout status --revision' \
    'kctl rollout status --selector' \
    'kctl rollout status -l' \
    'kctl rollout status --timeout' \
    'kctl rollout undo --filename' \
    'kctl rollout undo -f' \
    'kctl rollout undo --output' \
    'kctl rollout undo -o' \
    'kctl rollout undo --selector' \
    'kctl rollout undo -l' \
    'kctl rollout undo --template' \
    'kctl rollout undo --to-revision' \
    'kctl run --annotations' \
    'kctl run --env' \
    'kctl run --field-manager' \
    'kctl run --grace-period' \
    'kctl run --image' \
    'kctl run --image-pull-policy' \
    'kctl run --labels' \
    'kctl run -l' \
    'kctl run --output' \
    'kctl run -o' \
    'kctl run --override-type' \
    'kctl run --overrides' \
    'kctl run --pod-running-timeout' \
    'kctl run --port' \
    'kctl run --restart' \
    'kctl run --template' \
    'kctl run --timeout' \
    'kctl scale --current-replicas' \
    'kctl scale --filename' \
    'kctl scale -f' \
    'kctl scale --output' \
    'kctl scale -o' \
    'kctl scale --replicas' \
    'kctl scale --resource-version' \
    'kctl scale --selector' \
    'kctl scale -l' \
    'kctl scale --template' \
    'kctl scale --timeout' \
    'kctl serve --kubeconfig-out' \
    'kctl serve --listen' \
    'kctl serve --token-file' \
    'kctl set env --containers' \
    'kctl set env -c' \
    'kctl set env --env' \
    'kctl set env -e' \
    'kctl set env --field-manager' \
    'kctl set env --filename' \
    'kctl set env -f' \
    'kctl set env --from' \
    'kctl set env --keys' \
    'kctl set env --output' \
    'kctl set env -o' \
    'kctl set env --prefix' \
    'kctl set env --selector' \
    'kctl set env -l' \
    'kctl set env --template' \
    'kctl set image --field-manager' \
    'kctl set image --filename' \
    'kctl set image -f' \
    'kctl set image --output' \
    'kctl set image -o' \
    'kctl set image --selector' \
    'kctl set image -l' \
    'kctl set image --template' \
    'kctl set resources --containers' \
    'kctl set resources -c' \
    'kctl set resources --field-manager' \
    'kctl set resources --filename' \
    'kctl set resources -f' \
    'kctl set resources --limits' \
    'kctl set resources --output' \
    'kctl set resources -o' \
    'kctl set resources --requests' \
    'kctl set resources --selector' \
    'kctl set resources -l' \
    'kctl set resources --template' \
    'kctl sim crash --container' \
    'kctl sim crash -c' \
    'kctl sim reset --filename' \
    'kctl sim reset -f' \
    'kctl sim reset --nodes' \
    'kctl sim reset --seed' \
    'kctl sim status --output' \
    'kctl sim status -o' \
    'kctl sim status --template' \
    'kctl taint --field-manager' \
    'kctl taint --output' \
    'kctl taint -o' \
    'kctl taint --selector' \
    'kctl taint -l' \
    'kctl taint --template' \
    'kctl top node --selector' \
    'kctl top node -l' \
    'kctl top node --sort-by' \
    'kctl top nodes --selector' \
    'kctl top nodes -l' \
    'kctl top nodes --sort-by' \
    'kctl top no --selector' \
    'kctl top no -l' \
    'kctl top no --sort-by' \
    'kctl top pod --field-selector' \
    'kctl top pod --selector' \
    'kctl top pod -l' \
    'kctl top pod --sort-by' \
    'kctl top pods --field-selector' \
    'kctl top pods --selector' \
    'kctl top pods -l' \
    'kctl top pods --sort-by' \
    'kctl top po --field-selector' \
    'kctl top po --selector' \
    'kctl top po -l' \
    'kctl top po --sort-by' \
    'kctl uncordon --selector' \
    'kctl uncordon -l' \
    'kctl version --output' \
    'kctl version -o' \
    'kctl wait --field-selector' \
    'kctl wait --filename' \
    'kctl wait -f' \
    'kctl wait --for' \
    'kctl wait --output' \
    'kctl wait -o' \
    'kctl wait --selector' \
    'kctl wait -l' \
    'kctl wait --template' \
    'kctl wait --timeout' \
    '--cluster' \
    '--context' \
    '--kubeconfig' \
    '--namespace' \
    '-n' \
    '--request-timeout' \
    '--server' \
    '-s' \
    '--v' \
    '-v'

# Whether the words so far lead to one of these commands.
function __kctl_at
    set -l tokens (commandline -opc)
    set -e tokens[1]
    set -l path kctl
    set -l skip no
    for token in $tokens
        if test $skip = yes
            set skip no
            continue
        end
        switch $token
            case --
                break
            case '-*=*'
            case '-*'
                if contains -- "$path $token" $__kctl_valued; or contains -- $token $__kctl_valued
                    set skip yes
                end
            case '*'
                if contains -- "$path $token" $__kctl_paths
                    set path "$path $token"
                else
                    break
                end
        end
    end
    contains -- $path $argv
end

# What the program itself offers.
function __kctl_ask
    set -l tokens (commandline -opc)
    set -l program $tokens[1]
    set -e tokens[1]
    command -q $program; or return
    command $program __complete $argv[1] -- $tokens (commandline -ct) 2>/dev/null
end

complete -c kctl -e
complete -c kctl -f
complete -c kctl -l cluster -r -a '(__kctl_ask clusters)' -d 'the cluster of the configuration to use'
complete -c kctl -l context -r -a '(__kctl_ask contexts)' -d 'the context to use ($KCTL_CONTEXT, else the current one)'
complete -c kctl -s h -l help -d 'show the help of a command'
complete -c kctl -l kubeconfig -r -F -d 'the configuration file to use'
complete -c kctl -s n -l namespace -r -a '(__kctl_ask namespaces)' -d 'the namespace to work in'
complete -c kctl -l request-timeout -x -d 'how long one request or watch may take; 0 is without end'
complete -c kctl -s s -l server -x -d 'the address of a cluster: sim:NAME, http://HOST:PORT, unix:PATH'
complete -c kctl -s v -l v -x -d 'how much to tell on standard error: 6 names what was read, advanced and written'

complete -c kctl -n '__kctl_at \'kctl\'' -a agent -d 'Manage the daemon that runs a process cluster'
complete -c kctl -n '__kctl_at \'kctl\'' -a annotate -d 'Change the annotations of objects'
complete -c kctl -n '__kctl_at \'kctl\'' -a api-resources -d 'Print the supported API resources on the server'
complete -c kctl -n '__kctl_at \'kctl\'' -a api-versions -d 'Print the supported API versions on the server, in the form of "group/version"'
complete -c kctl -n '__kctl_at \'kctl\'' -a apply -d 'Apply a configuration to objects by file name or standard input'
complete -c kctl -n '__kctl_at \'kctl\'' -a attach -d 'Attach to a running container'
complete -c kctl -n '__kctl_at \'kctl\'' -a auth -d 'Inspect authorization'
complete -c kctl -n '__kctl_at \'kctl\'' -a completion -d 'Output shell completion code for the specified shell (bash, zsh or fish)'
complete -c kctl -n '__kctl_at \'kctl\'' -a config -d 'Modify the configuration: clusters and contexts'
complete -c kctl -n '__kctl_at \'kctl\'' -a cordon -d 'Mark node as unschedulable'
complete -c kctl -n '__kctl_at \'kctl\'' -a cp -d 'Copy files and directories to and from containers'
complete -c kctl -n '__kctl_at \'kctl\'' -a create -d 'Create a resource from a file or from standard input'
complete -c kctl -n '__kctl_at \'kctl\'' -a delete -d 'Delete objects by file name, standard input, name, or label selector'
complete -c kctl -n '__kctl_at \'kctl\'' -a describe -d 'Show the details of objects and what belongs to them'
complete -c kctl -n '__kctl_at \'kctl\'' -a diff -d 'Show what an apply would change'
complete -c kctl -n '__kctl_at \'kctl\'' -a drain -d 'Drain node in preparation for maintenance'
complete -c kctl -n '__kctl_at \'kctl\'' -a edit -d 'Edit objects in an editor'
complete -c kctl -n '__kctl_at \'kctl\'' -a events -d 'List events'
complete -c kctl -n '__kctl_at \'kctl\'' -a exec -d 'Execute a command in a container'
complete -c kctl -n '__kctl_at \'kctl\'' -a explain -d 'Explain the fields of a type'
complete -c kctl -n '__kctl_at \'kctl\'' -a expose -d 'Make a service for a pod, service, deployment or replica set'
complete -c kctl -n '__kctl_at \'kctl\'' -a get -d 'Display one or many resources'
complete -c kctl -n '__kctl_at \'kctl\'' -a help -d 'Help about any command'
complete -c kctl -n '__kctl_at \'kctl\'' -a label -d 'Change the labels of objects'
complete -c kctl -n '__kctl_at \'kctl\'' -a logs -d 'Print the logs for a container in a pod'
complete -c kctl -n '__kctl_at \'kctl\'' -a options -d 'List the flags that every command takes'
complete -c kctl -n '__kctl_at \'kctl\'' -a patch -d 'Change fields of an object'
complete -c kctl -n '__kctl_at \'kctl\'' -a plugin -d 'Provides utilities for interacting with plugins'
complete -c kctl -n '__kctl_at \'kctl\'' -a port-forward -d 'Forward one or more local ports to a pod'
complete -c kctl -n '__kctl_at \'kctl\'' -a replace -d 'Replace objects by what a file says'
complete -c kctl -n '__kctl_at \'kctl\'' -a rollout -d 'Manage the rollout of a resource'
complete -c kctl -n '__kctl_at \'kctl\'' -a run -d 'Run an image in a pod'
complete -c kctl -n '__kctl_at \'kctl\'' -a scale -d 'Set a new size for a deployment or replica set'
complete -c kctl -n '__kctl_at \'kctl\'' -a serve -d 'Serve the cluster\'s API over HTTP, for kubectl and client libraries'
complete -c kctl -n '__kctl_at \'kctl\'' -a set -d 'Set features of objects: image, environment, resources'
complete -c kctl -n '__kctl_at \'kctl\'' -a sim -d 'Steer the simulated cluster: its clock, its faults, its nodes'
complete -c kctl -n '__kctl_at \'kctl\'' -a taint -d 'Update the taints on one or more nodes'
complete -c kctl -n '__kctl_at \'kctl\'' -a top -d 'Display resource (CPU/memory) usage'
complete -c kctl -n '__kctl_at \'kctl\'' -a uncordon -d 'Mark node as schedulable'
complete -c kctl -n '__kctl_at \'kctl\'' -a version -d 'Print the client and server version information'
complete -c kctl -n '__kctl_at \'kctl\'' -a wait -d 'Wait for a specific condition on one or many resources'

complete -c kctl -n '__kctl_at \'kctl agent\'' -a logs -d 'Print the daemon\'s log'
complete -c kctl -n '__kctl_at \'kctl agent\'' -a restart -d 'End the daemon and start it anew; pods run on'
complete -c kctl -n '__kctl_at \'kctl agent\'' -a start -d 'Start the daemon where none runs'
complete -c kctl -n '__kctl_at \'kctl agent\'' -a status -d 'Show whether the daemon runs'
complete -c kctl -n '__kctl_at \'kctl agent\'' -a stop -d 'End the daemon'
complete -c kctl -n '__kctl_at \'kctl agent\'' -a unit -d 'Print what starts the daemon at boot: a systemd unit, or launchd\'s on macOS'

complete -c kctl -n '__kctl_at \'kctl agent logs\'' -l tail -x -d 'only so many lines of its end; -1 is all'

complete -c kctl -n '__kctl_at \'kctl agent restart\'' -l kubeconfig-out -r -F -d 'write a configuration that kubectl can use'
complete -c kctl -n '__kctl_at \'kctl agent restart\'' -l listen -x -d 'where kubectl and other clients reach the cluster, too: an address of this machine and a port, as long as this daemon runs'

complete -c kctl -n '__kctl_at \'kctl agent start\'' -l kubeconfig-out -r -F -d 'write a configuration that kubectl can use'
complete -c kctl -n '__kctl_at \'kctl agent start\'' -l listen -x -d 'where kubectl and other clients reach the cluster, too: an address of this machine and a port, as long as this daemon runs'


complete -c kctl -n '__kctl_at \'kctl agent stop\'' -l pods -d 'stop the pods too, with their grace; else they run on'


complete -c kctl -n '__kctl_at \'kctl annotate\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -l all -d 'all objects of the given types in the namespace'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -s A -l all-namespaces -d 'objects of all namespaces'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -l field-manager -x -d 'the name under which changed fields are noted'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -l field-selector -x -d 'only objects with these fields: status.phase=Running,metadata.name!=web'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -s f -l filename -r -F -d 'the objects to change: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -l list -d 'print what is there'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -l local -d 'change files\' objects without asking the cluster'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -l overwrite -d 'change what is there already'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -l resource-version -x -d 'change only an object of this version'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl annotate\'' -l template -x -d 'the template of -o go-template or -o jsonpath'

complete -c kctl -n '__kctl_at \'kctl api-resources\'' -l api-group -x -d 'only types of this group'
complete -c kctl -n '__kctl_at \'kctl api-resources\'' -l cached -d 'take what is known already (it always is)'
complete -c kctl -n '__kctl_at \'kctl api-resources\'' -l categories -x -d 'only types of this group of types (all)'
complete -c kctl -n '__kctl_at \'kctl api-resources\'' -l namespaced -d 'only types that live in namespaces, or that do not'
complete -c kctl -n '__kctl_at \'kctl api-resources\'' -l no-headers -d 'leave the table\'s header out'
complete -c kctl -n '__kctl_at \'kctl api-resources\'' -s o -l output -r -a 'wide name' -d 'the output format'
complete -c kctl -n '__kctl_at \'kctl api-resources\'' -l sort-by -r -a 'name kind' -d 'sort by name or kind'
complete -c kctl -n '__kctl_at \'kctl api-resources\'' -l verbs -x -d 'only types that can be asked for this'


complete -c kctl -n '__kctl_at \'kctl apply\'' -a view-last-applied -d 'View what was last applied to objects'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l all -d 'all objects of the given types in the namespace'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l cascade -d 'what happens to the dependents of objects deleted by --force'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l field-manager -x -d 'who is noted as the owner of the fields; kubectl-client-side-apply or, with --server-side, kubectl where left out'
complete -c kctl -n '__kctl_at \'kctl apply\'' -s f -l filename -r -F -d 'what to apply: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l force -d 'delete and create anew what can\'t be changed'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l force-conflicts -d 'with --server-side: take over fields that others own'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l grace-period -x -d 'how long objects deleted by --force may take to end'
complete -c kctl -n '__kctl_at \'kctl apply\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l overwrite -d 'resolve conflicts in favour of the file'
complete -c kctl -n '__kctl_at \'kctl apply\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl apply\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l server-side -d 'let the cluster merge the file, by who owns which fields'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l timeout -x -d 'how long to wait for objects deleted by --force; 0 is without end'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'
complete -c kctl -n '__kctl_at \'kctl apply\'' -l wait -d 'wait until objects deleted by --force are gone'

complete -c kctl -n '__kctl_at \'kctl apply view-last-applied\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl apply view-last-applied\'' -l all -d 'all objects of the given types in the namespace'
complete -c kctl -n '__kctl_at \'kctl apply view-last-applied\'' -s f -l filename -r -F -d 'the objects to view: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl apply view-last-applied\'' -s o -l output -r -a 'json yaml' -d 'the output format'
complete -c kctl -n '__kctl_at \'kctl apply view-last-applied\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl apply view-last-applied\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'

complete -c kctl -n '__kctl_at \'kctl attach\'' -a '(__kctl_ask logs)'
complete -c kctl -n '__kctl_at \'kctl attach\'' -s c -l container -r -a '(__kctl_ask containers)' -d 'the container of the pod'
complete -c kctl -n '__kctl_at \'kctl attach\'' -l pod-running-timeout -x -d 'how long to wait for a workload\'s first pod'
complete -c kctl -n '__kctl_at \'kctl attach\'' -s q -l quiet -d 'print nothing but the session\'s output'
complete -c kctl -n '__kctl_at \'kctl attach\'' -s i -l stdin -d 'pass standard input to the container'
complete -c kctl -n '__kctl_at \'kctl attach\'' -s t -l tty -d 'standard input is a terminal'

complete -c kctl -n '__kctl_at \'kctl auth\'' -a can-i -d 'Check whether an action is allowed'
complete -c kctl -n '__kctl_at \'kctl auth\'' -a whoami -d 'Show who the cluster takes you for'

complete -c kctl -n '__kctl_at \'kctl auth can-i\'' -a '(__kctl_ask actions)'
complete -c kctl -n '__kctl_at \'kctl auth can-i\'' -s A -l all-namespaces -d 'ask about all namespaces'
complete -c kctl -n '__kctl_at \'kctl auth can-i\'' -l list -d 'list everything that is allowed'
complete -c kctl -n '__kctl_at \'kctl auth can-i\'' -l no-headers -d 'leave the list\'s header out'
complete -c kctl -n '__kctl_at \'kctl auth can-i\'' -s q -l quiet -d 'print nothing: the exit code tells'
complete -c kctl -n '__kctl_at \'kctl auth can-i\'' -l subresource -x -d 'ask about a part of the objects: log, scale, status'

complete -c kctl -n '__kctl_at \'kctl auth whoami\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl auth whoami\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl auth whoami\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl auth whoami\'' -l template -x -d 'the template of -o go-template or -o jsonpath'

complete -c kctl -n '__kctl_at \'kctl completion\'' -a 'bash fish zsh'

complete -c kctl -n '__kctl_at \'kctl config\'' -a current-context -d 'Display the current-context'
complete -c kctl -n '__kctl_at \'kctl config\'' -a delete-cluster -d 'Delete the specified cluster'
complete -c kctl -n '__kctl_at \'kctl config\'' -a delete-context -d 'Delete the specified context'
complete -c kctl -n '__kctl_at \'kctl config\'' -a get-clusters -d 'Display clusters defined in the configuration'
complete -c kctl -n '__kctl_at \'kctl config\'' -a get-contexts -d 'Describe one or many contexts'
complete -c kctl -n '__kctl_at \'kctl config\'' -a rename-context -d 'Rename a context'
complete -c kctl -n '__kctl_at \'kctl config\'' -a set-cluster -d 'Set a cluster entry'
complete -c kctl -n '__kctl_at \'kctl config\'' -a set-context -d 'Set a context entry'
complete -c kctl -n '__kctl_at \'kctl config\'' -a use-context -d 'Set the current-context'
complete -c kctl -n '__kctl_at \'kctl config\'' -a view -d 'Display the configuration'



complete -c kctl -n '__kctl_at \'kctl config delete-context\'' -a '(__kctl_ask contexts)'


complete -c kctl -n '__kctl_at \'kctl config get-contexts\'' -a '(__kctl_ask contexts)'
complete -c kctl -n '__kctl_at \'kctl config get-contexts\'' -l no-headers -d 'leave the table\'s header out'
complete -c kctl -n '__kctl_at \'kctl config get-contexts\'' -s o -l output -r -a 'name' -d 'print only names'

complete -c kctl -n '__kctl_at \'kctl config rename-context\'' -a '(__kctl_ask contexts)'

complete -c kctl -n '__kctl_at \'kctl config set-cluster\'' -l runtime -r -a 'podman docker process' -d 'what runs the pods of a process cluster: podman, docker or process'
complete -c kctl -n '__kctl_at \'kctl config set-cluster\'' -l runtime-arg -x -d 'an argument of the engine, as it is called for each container; may be repeated'
complete -c kctl -n '__kctl_at \'kctl config set-cluster\'' -l server -x -d 'the address: sim:NAME, http://HOST:PORT, unix:PATH, or kubectl:CONTEXT for what your kubectl reaches'

complete -c kctl -n '__kctl_at \'kctl config set-context\'' -a '(__kctl_ask contexts)'
complete -c kctl -n '__kctl_at \'kctl config set-context\'' -l cluster -r -a '(__kctl_ask clusters)' -d 'the context\'s cluster'
complete -c kctl -n '__kctl_at \'kctl config set-context\'' -l current -d 'change the current context'
complete -c kctl -n '__kctl_at \'kctl config set-context\'' -s n -l namespace -r -a '(__kctl_ask namespaces)' -d 'the context\'s namespace'
complete -c kctl -n '__kctl_at \'kctl config set-context\'' -l user -x -d 'the context\'s user'

complete -c kctl -n '__kctl_at \'kctl config use-context\' \'kctl config use\'' -a '(__kctl_ask contexts)'

complete -c kctl -n '__kctl_at \'kctl config view\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl config view\'' -l flatten -d 'as one file that needs no other'
complete -c kctl -n '__kctl_at \'kctl config view\'' -l minify -d 'only what the current context uses'
complete -c kctl -n '__kctl_at \'kctl config view\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl config view\'' -l raw -d 'show it as it is'
complete -c kctl -n '__kctl_at \'kctl config view\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl config view\'' -l template -x -d 'the template of -o go-template or -o jsonpath'

complete -c kctl -n '__kctl_at \'kctl cordon\'' -a '(__kctl_ask nodes)'
complete -c kctl -n '__kctl_at \'kctl cordon\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl cordon\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'

complete -c kctl -n '__kctl_at \'kctl cp\'' -F
complete -c kctl -n '__kctl_at \'kctl cp\'' -s c -l container -r -a '(__kctl_ask containers)' -d 'the container of the pod'
complete -c kctl -n '__kctl_at \'kctl cp\'' -l no-preserve -d 'don\'t keep owners and permissions in the container'
complete -c kctl -n '__kctl_at \'kctl cp\'' -l retries -x -d 'how often to resume a copy from a container; below 0 is for ever'

complete -c kctl -n '__kctl_at \'kctl create\'' -a configmap -d 'Create a config map from a local file, directory or literal value'
complete -c kctl -n '__kctl_at \'kctl create\'' -a deployment -d 'Create a deployment with the specified name'
complete -c kctl -n '__kctl_at \'kctl create\'' -a namespace -d 'Create a namespace with the specified name'
complete -c kctl -n '__kctl_at \'kctl create\'' -a secret -d 'Create a secret using a specified subcommand'
complete -c kctl -n '__kctl_at \'kctl create\'' -a service -d 'Create a service using a specified subcommand'
complete -c kctl -n '__kctl_at \'kctl create\'' -a serviceaccount -d 'Create a service account with the specified name'
complete -c kctl -n '__kctl_at \'kctl create\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl create\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl create\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl create\'' -s f -l filename -r -F -d 'what to create: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl create\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl create\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl create\'' -l save-config -d 'keep the object in its own annotation, for a later apply'
complete -c kctl -n '__kctl_at \'kctl create\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl create\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl create\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl create\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'

complete -c kctl -n '__kctl_at \'kctl create configmap\' \'kctl create cm\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl create configmap\' \'kctl create cm\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl create configmap\' \'kctl create cm\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl create configmap\' \'kctl create cm\'' -l from-env-file -r -F -d 'a file of lines KEY=VALUE'
complete -c kctl -n '__kctl_at \'kctl create configmap\' \'kctl create cm\'' -l from-file -r -F -d 'a file or a folder of files, each a key'
complete -c kctl -n '__kctl_at \'kctl create configmap\' \'kctl create cm\'' -l from-literal -x -d 'a key and its value'
complete -c kctl -n '__kctl_at \'kctl create configmap\' \'kctl create cm\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl create configmap\' \'kctl create cm\'' -l save-config -d 'keep the object in its own annotation, for a later apply'
complete -c kctl -n '__kctl_at \'kctl create configmap\' \'kctl create cm\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl create configmap\' \'kctl create cm\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl create configmap\' \'kctl create cm\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'

complete -c kctl -n '__kctl_at \'kctl create deployment\' \'kctl create deploy\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl create deployment\' \'kctl create deploy\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl create deployment\' \'kctl create deploy\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl create deployment\' \'kctl create deploy\'' -l image -x -d 'the images to run, a container each'
complete -c kctl -n '__kctl_at \'kctl create deployment\' \'kctl create deploy\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl create deployment\' \'kctl create deploy\'' -l port -x -d 'the port that the container listens on'
complete -c kctl -n '__kctl_at \'kctl create deployment\' \'kctl create deploy\'' -s r -l replicas -x -d 'how many pods'
complete -c kctl -n '__kctl_at \'kctl create deployment\' \'kctl create deploy\'' -l save-config -d 'keep the object in its own annotation, for a later apply'
complete -c kctl -n '__kctl_at \'kctl create deployment\' \'kctl create deploy\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl create deployment\' \'kctl create deploy\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl create deployment\' \'kctl create deploy\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'

complete -c kctl -n '__kctl_at \'kctl create namespace\' \'kctl create ns\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl create namespace\' \'kctl create ns\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl create namespace\' \'kctl create ns\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl create namespace\' \'kctl create ns\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl create namespace\' \'kctl create ns\'' -l save-config -d 'keep the object in its own annotation, for a later apply'
complete -c kctl -n '__kctl_at \'kctl create namespace\' \'kctl create ns\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl create namespace\' \'kctl create ns\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl create namespace\' \'kctl create ns\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'

complete -c kctl -n '__kctl_at \'kctl create secret\'' -a generic -d 'Create a secret from a local file, directory, or literal value'

complete -c kctl -n '__kctl_at \'kctl create secret generic\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl create secret generic\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl create secret generic\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl create secret generic\'' -l from-env-file -r -F -d 'a file of lines KEY=VALUE'
complete -c kctl -n '__kctl_at \'kctl create secret generic\'' -l from-file -r -F -d 'a file or a folder of files, each a key'
complete -c kctl -n '__kctl_at \'kctl create secret generic\'' -l from-literal -x -d 'a key and its value'
complete -c kctl -n '__kctl_at \'kctl create secret generic\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl create secret generic\'' -l save-config -d 'keep the object in its own annotation, for a later apply'
complete -c kctl -n '__kctl_at \'kctl create secret generic\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl create secret generic\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl create secret generic\'' -l type -x -d 'the type of the secret'
complete -c kctl -n '__kctl_at \'kctl create secret generic\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'

complete -c kctl -n '__kctl_at \'kctl create service\' \'kctl create svc\'' -a clusterip -d 'Create a ClusterIP service'
complete -c kctl -n '__kctl_at \'kctl create service\' \'kctl create svc\'' -a externalname -d 'Create an ExternalName service'
complete -c kctl -n '__kctl_at \'kctl create service\' \'kctl create svc\'' -a loadbalancer -d 'Create a LoadBalancer service'
complete -c kctl -n '__kctl_at \'kctl create service\' \'kctl create svc\'' -a nodeport -d 'Create a NodePort service'

complete -c kctl -n '__kctl_at \'kctl create service clusterip\' \'kctl create svc clusterip\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl create service clusterip\' \'kctl create svc clusterip\'' -l clusterip -x -d 'the address, or None for a headless service; chosen where empty'
complete -c kctl -n '__kctl_at \'kctl create service clusterip\' \'kctl create svc clusterip\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl create service clusterip\' \'kctl create svc clusterip\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl create service clusterip\' \'kctl create svc clusterip\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl create service clusterip\' \'kctl create svc clusterip\'' -l save-config -d 'keep the object in its own annotation, for a later apply'
complete -c kctl -n '__kctl_at \'kctl create service clusterip\' \'kctl create svc clusterip\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl create service clusterip\' \'kctl create svc clusterip\'' -l tcp -x -d 'the service\'s ports and where they lead'
complete -c kctl -n '__kctl_at \'kctl create service clusterip\' \'kctl create svc clusterip\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl create service clusterip\' \'kctl create svc clusterip\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'

complete -c kctl -n '__kctl_at \'kctl create service externalname\' \'kctl create svc externalname\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl create service externalname\' \'kctl create svc externalname\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl create service externalname\' \'kctl create svc externalname\'' -l external-name -x -d 'the name that the service stands for'
complete -c kctl -n '__kctl_at \'kctl create service externalname\' \'kctl create svc externalname\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl create service externalname\' \'kctl create svc externalname\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl create service externalname\' \'kctl create svc externalname\'' -l save-config -d 'keep the object in its own annotation, for a later apply'
complete -c kctl -n '__kctl_at \'kctl create service externalname\' \'kctl create svc externalname\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl create service externalname\' \'kctl create svc externalname\'' -l tcp -x -d 'the service\'s ports and where they lead'
complete -c kctl -n '__kctl_at \'kctl create service externalname\' \'kctl create svc externalname\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl create service externalname\' \'kctl create svc externalname\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'

complete -c kctl -n '__kctl_at \'kctl create service loadbalancer\' \'kctl create svc loadbalancer\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl create service loadbalancer\' \'kctl create svc loadbalancer\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl create service loadbalancer\' \'kctl create svc loadbalancer\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl create service loadbalancer\' \'kctl create svc loadbalancer\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl create service loadbalancer\' \'kctl create svc loadbalancer\'' -l save-config -d 'keep the object in its own annotation, for a later apply'
complete -c kctl -n '__kctl_at \'kctl create service loadbalancer\' \'kctl create svc loadbalancer\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl create service loadbalancer\' \'kctl create svc loadbalancer\'' -l tcp -x -d 'the service\'s ports and where they lead'
complete -c kctl -n '__kctl_at \'kctl create service loadbalancer\' \'kctl create svc loadbalancer\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl create service loadbalancer\' \'kctl create svc loadbalancer\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'

complete -c kctl -n '__kctl_at \'kctl create service nodeport\' \'kctl create svc nodeport\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl create service nodeport\' \'kctl create svc nodeport\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl create service nodeport\' \'kctl create svc nodeport\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl create service nodeport\' \'kctl create svc nodeport\'' -l node-port -x -d 'the port on each node; 0 chooses one'
complete -c kctl -n '__kctl_at \'kctl create service nodeport\' \'kctl create svc nodeport\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl create service nodeport\' \'kctl create svc nodeport\'' -l save-config -d 'keep the object in its own annotation, for a later apply'
complete -c kctl -n '__kctl_at \'kctl create service nodeport\' \'kctl create svc nodeport\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl create service nodeport\' \'kctl create svc nodeport\'' -l tcp -x -d 'the service\'s ports and where they lead'
complete -c kctl -n '__kctl_at \'kctl create service nodeport\' \'kctl create svc nodeport\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl create service nodeport\' \'kctl create svc nodeport\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'

complete -c kctl -n '__kctl_at \'kctl create serviceaccount\' \'kctl create sa\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl create serviceaccount\' \'kctl create sa\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl create serviceaccount\' \'kctl create sa\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl create serviceaccount\' \'kctl create sa\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl create serviceaccount\' \'kctl create sa\'' -l save-config -d 'keep the object in its own annotation, for a later apply'
complete -c kctl -n '__kctl_at \'kctl create serviceaccount\' \'kctl create sa\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl create serviceaccount\' \'kctl create sa\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl create serviceaccount\' \'kctl create sa\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'

complete -c kctl -n '__kctl_at \'kctl delete\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl delete\'' -l all -d 'all objects of the given types in the namespace'
complete -c kctl -n '__kctl_at \'kctl delete\'' -s A -l all-namespaces -d 'objects of all namespaces'
complete -c kctl -n '__kctl_at \'kctl delete\'' -l cascade -d 'what happens to dependents: pods of a ReplicaSet, for example'
complete -c kctl -n '__kctl_at \'kctl delete\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl delete\'' -l field-selector -x -d 'only objects with these fields: status.phase=Running,metadata.name!=web'
complete -c kctl -n '__kctl_at \'kctl delete\'' -s f -l filename -r -F -d 'what to delete: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl delete\'' -l force -d 'with --grace-period=0: take the object away at once, whatever still runs'
complete -c kctl -n '__kctl_at \'kctl delete\'' -l grace-period -x -d 'how long the object may take to end; -1 is its own'
complete -c kctl -n '__kctl_at \'kctl delete\'' -l ignore-not-found -d 'missing objects are no error; default with --all'
complete -c kctl -n '__kctl_at \'kctl delete\'' -s i -l interactive -d 'ask before deleting'
complete -c kctl -n '__kctl_at \'kctl delete\'' -l now -d 'as --grace-period=1'
complete -c kctl -n '__kctl_at \'kctl delete\'' -s o -l output -r -a 'name' -d 'print only type/name'
complete -c kctl -n '__kctl_at \'kctl delete\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl delete\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl delete\'' -l timeout -x -d 'how long to wait; 0 is long enough'
complete -c kctl -n '__kctl_at \'kctl delete\'' -l wait -d 'wait until the objects are gone'

complete -c kctl -n '__kctl_at \'kctl describe\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl describe\'' -s A -l all-namespaces -d 'objects of all namespaces'
complete -c kctl -n '__kctl_at \'kctl describe\'' -l chunk-size -x -d 'list in chunks of this many objects; 0 lists all at once'
complete -c kctl -n '__kctl_at \'kctl describe\'' -s f -l filename -r -F -d 'the objects to describe: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl describe\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl describe\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl describe\'' -l show-events -d 'show the events about each object'

complete -c kctl -n '__kctl_at \'kctl diff\'' -l concurrency -x -d 'how many objects are asked for at once; the simulated cluster asks for one'
complete -c kctl -n '__kctl_at \'kctl diff\'' -l field-manager -x -d 'who would be noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl diff\'' -s f -l filename -r -F -d 'what would be applied: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl diff\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl diff\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d'
complete -c kctl -n '__kctl_at \'kctl diff\'' -l show-managed-fields -d 'compare metadata.managedFields too'

complete -c kctl -n '__kctl_at \'kctl drain\'' -a '(__kctl_ask nodes)'
complete -c kctl -n '__kctl_at \'kctl drain\'' -l chunk-size -x -d 'how many objects a list brings at once; 0 is all'
complete -c kctl -n '__kctl_at \'kctl drain\'' -l delete-emptydir-data -d 'go on although there are pods whose emptyDir volumes will be lost'
complete -c kctl -n '__kctl_at \'kctl drain\'' -l disable-eviction -d 'delete pods instead of evicting them'
complete -c kctl -n '__kctl_at \'kctl drain\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl drain\'' -l force -d 'go on although there are pods that no controller brings back'
complete -c kctl -n '__kctl_at \'kctl drain\'' -l grace-period -x -d 'how long pods may take to end; -1 is their own'
complete -c kctl -n '__kctl_at \'kctl drain\'' -l ignore-daemonsets -d 'leave the pods of DaemonSets where they are'
complete -c kctl -n '__kctl_at \'kctl drain\'' -l pod-selector -x -d 'only pods with these labels'
complete -c kctl -n '__kctl_at \'kctl drain\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl drain\'' -l skip-wait-for-delete-timeout -x -d 'don\'t wait for pods whose deletion began longer ago than this; 0 waits for all'
complete -c kctl -n '__kctl_at \'kctl drain\'' -l timeout -x -d 'when to give up; 0 is never'

complete -c kctl -n '__kctl_at \'kctl edit\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl edit\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl edit\'' -l field-manager -x -d 'the name under which changed fields are noted'
complete -c kctl -n '__kctl_at \'kctl edit\'' -s f -l filename -r -F -d 'the objects to edit: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl edit\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl edit\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl edit\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl edit\'' -l subresource -r -a 'status' -d 'edit a part of the object by itself'
complete -c kctl -n '__kctl_at \'kctl edit\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl edit\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'
complete -c kctl -n '__kctl_at \'kctl edit\'' -l windows-line-endings -d 'give the editor lines that end with CR LF'

complete -c kctl -n '__kctl_at \'kctl events\'' -s A -l all-namespaces -d 'objects of all namespaces'
complete -c kctl -n '__kctl_at \'kctl events\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl events\'' -l chunk-size -x -d 'list in chunks of this many objects; 0 lists all at once'
complete -c kctl -n '__kctl_at \'kctl events\'' -l for -r -a '(__kctl_ask resources)' -d 'only events about this object'
complete -c kctl -n '__kctl_at \'kctl events\'' -l no-headers -d 'leave the table\'s header out'
complete -c kctl -n '__kctl_at \'kctl events\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl events\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl events\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl events\'' -l types -r -a 'Normal Warning' -d 'only events of these types'
complete -c kctl -n '__kctl_at \'kctl events\'' -s w -l watch -d 'after listing, watch for more'

complete -c kctl -n '__kctl_at \'kctl exec\'' -a '(__kctl_ask logs)'
complete -c kctl -n '__kctl_at \'kctl exec\'' -s c -l container -r -a '(__kctl_ask containers)' -d 'the container of the pod'
complete -c kctl -n '__kctl_at \'kctl exec\'' -s f -l filename -r -F -d 'the workload as it stands in a file'
complete -c kctl -n '__kctl_at \'kctl exec\'' -l pod-running-timeout -x -d 'how long to wait for a workload\'s first pod'
complete -c kctl -n '__kctl_at \'kctl exec\'' -s q -l quiet -d 'print nothing but the session\'s output'
complete -c kctl -n '__kctl_at \'kctl exec\'' -s i -l stdin -d 'pass standard input to the container'
complete -c kctl -n '__kctl_at \'kctl exec\'' -s t -l tty -d 'standard input is a terminal'

complete -c kctl -n '__kctl_at \'kctl explain\'' -a '(__kctl_ask types)'
complete -c kctl -n '__kctl_at \'kctl explain\'' -l api-version -x -d 'the version of the type: apps/v1'
complete -c kctl -n '__kctl_at \'kctl explain\'' -s o -l output -r -a 'plaintext' -d 'the format: plaintext'
complete -c kctl -n '__kctl_at \'kctl explain\'' -l recursive -d 'name the fields of fields too'

complete -c kctl -n '__kctl_at \'kctl expose\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l cluster-ip -x -d 'the service\'s address; None for a headless one'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l external-ip -x -d 'a further address that the service answers on'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl expose\'' -s f -l filename -r -F -d 'what to expose: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl expose\'' -s l -l labels -x -d 'the service\'s labels; those of the object where they are not given'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l load-balancer-ip -x -d 'the address asked of a load balancer'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l name -x -d 'the service\'s name; that of the object where it is not given'
complete -c kctl -n '__kctl_at \'kctl expose\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l override-type -r -a 'json merge strategic' -d 'how --overrides is laid over the object'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l overrides -x -d 'fields laid over the object that is made'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l port -x -d 'the service\'s port'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l protocol -r -a 'TCP UDP SCTP' -d 'the port\'s protocol'
complete -c kctl -n '__kctl_at \'kctl expose\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l save-config -d 'keep the object in its own annotation, for a later apply'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l selector -x -d 'which pods the service is for'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l session-affinity -r -a 'None ClientIP' -d 'how clients stay with a pod'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l target-port -x -d 'the container\'s port, by number or name'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l type -r -a 'ClusterIP NodePort LoadBalancer ExternalName' -d 'the service\'s type'
complete -c kctl -n '__kctl_at \'kctl expose\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'

complete -c kctl -n '__kctl_at \'kctl get\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl get\'' -s A -l all-namespaces -d 'objects of all namespaces'
complete -c kctl -n '__kctl_at \'kctl get\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl get\'' -l chunk-size -x -d 'list in chunks of this many objects; 0 lists all at once'
complete -c kctl -n '__kctl_at \'kctl get\'' -l field-selector -x -d 'only objects with these fields: status.phase=Running,metadata.name!=web'
complete -c kctl -n '__kctl_at \'kctl get\'' -s f -l filename -r -F -d 'the objects to get: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl get\'' -l ignore-not-found -d 'missing objects are no error'
complete -c kctl -n '__kctl_at \'kctl get\'' -s L -l label-columns -x -d 'labels to show in a column each'
complete -c kctl -n '__kctl_at \'kctl get\'' -l no-headers -d 'leave the table\'s header out'
complete -c kctl -n '__kctl_at \'kctl get\'' -s o -l output -r -a 'custom-columns custom-columns-file go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile wide yaml' -d 'the output format: custom-columns, custom-columns-file, go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, wide, yaml'
complete -c kctl -n '__kctl_at \'kctl get\'' -l output-watch-events -d 'show what happened to each object that a watch brings'
complete -c kctl -n '__kctl_at \'kctl get\'' -l raw -x -d 'ask for a path of the API as it is'
complete -c kctl -n '__kctl_at \'kctl get\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl get\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl get\'' -l server-print -d 'use the columns of the type'
complete -c kctl -n '__kctl_at \'kctl get\'' -l show-kind -d 'show the type before each name'
complete -c kctl -n '__kctl_at \'kctl get\'' -l show-labels -d 'show all labels in the last column'
complete -c kctl -n '__kctl_at \'kctl get\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl get\'' -l sort-by -x -d 'sort by a field: .metadata.creationTimestamp'
complete -c kctl -n '__kctl_at \'kctl get\'' -l subresource -r -a 'status scale' -d 'get a part of the object by itself'
complete -c kctl -n '__kctl_at \'kctl get\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl get\'' -s w -l watch -d 'after listing, watch for changes'
complete -c kctl -n '__kctl_at \'kctl get\'' -l watch-only -d 'watch for changes without listing first'

complete -c kctl -n '__kctl_at \'kctl help\'' -a '(__kctl_ask commands)'

complete -c kctl -n '__kctl_at \'kctl label\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl label\'' -l all -d 'all objects of the given types in the namespace'
complete -c kctl -n '__kctl_at \'kctl label\'' -s A -l all-namespaces -d 'objects of all namespaces'
complete -c kctl -n '__kctl_at \'kctl label\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl label\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl label\'' -l field-manager -x -d 'the name under which changed fields are noted'
complete -c kctl -n '__kctl_at \'kctl label\'' -l field-selector -x -d 'only objects with these fields: status.phase=Running,metadata.name!=web'
complete -c kctl -n '__kctl_at \'kctl label\'' -s f -l filename -r -F -d 'the objects to change: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl label\'' -l list -d 'print what is there'
complete -c kctl -n '__kctl_at \'kctl label\'' -l local -d 'change files\' objects without asking the cluster'
complete -c kctl -n '__kctl_at \'kctl label\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl label\'' -l overwrite -d 'change what is there already'
complete -c kctl -n '__kctl_at \'kctl label\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl label\'' -l resource-version -x -d 'change only an object of this version'
complete -c kctl -n '__kctl_at \'kctl label\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl label\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl label\'' -l template -x -d 'the template of -o go-template or -o jsonpath'

complete -c kctl -n '__kctl_at \'kctl logs\'' -a '(__kctl_ask logs)'
complete -c kctl -n '__kctl_at \'kctl logs\'' -l all-containers -d 'all containers of the pods'
complete -c kctl -n '__kctl_at \'kctl logs\'' -l all-pods -d 'all pods of the workload, with -f those that come later too; each line with its pod'
complete -c kctl -n '__kctl_at \'kctl logs\'' -s c -l container -r -a '(__kctl_ask containers)' -d 'the container of the pod'
complete -c kctl -n '__kctl_at \'kctl logs\'' -s f -l follow -d 'go on as new lines come'
complete -c kctl -n '__kctl_at \'kctl logs\'' -l ignore-errors -d 'go on where the logs of one of several can\'t be read'
complete -c kctl -n '__kctl_at \'kctl logs\'' -l limit-bytes -x -d 'at most so many bytes; 0 is all'
complete -c kctl -n '__kctl_at \'kctl logs\'' -l max-log-requests -x -d 'how many logs to follow at once with a selector'
complete -c kctl -n '__kctl_at \'kctl logs\'' -l pod-running-timeout -x -d 'how long to wait for a workload\'s first pod'
complete -c kctl -n '__kctl_at \'kctl logs\'' -l prefix -d 'each line with its pod and container'
complete -c kctl -n '__kctl_at \'kctl logs\'' -s p -l previous -d 'the logs of the container before its last restart'
complete -c kctl -n '__kctl_at \'kctl logs\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl logs\'' -l since -x -d 'only lines newer than this'
complete -c kctl -n '__kctl_at \'kctl logs\'' -l since-time -x -d 'only lines since this moment (RFC 3339)'
complete -c kctl -n '__kctl_at \'kctl logs\'' -l tail -x -d 'so many of the last lines; -1 is all, 10 with a selector'
complete -c kctl -n '__kctl_at \'kctl logs\'' -l timestamps -d 'each line with its time'


complete -c kctl -n '__kctl_at \'kctl patch\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl patch\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl patch\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl patch\'' -l field-manager -x -d 'the name under which changed fields are noted'
complete -c kctl -n '__kctl_at \'kctl patch\'' -s f -l filename -r -F -d 'the object to change: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl patch\'' -l local -d 'change a file\'s object without asking the cluster'
complete -c kctl -n '__kctl_at \'kctl patch\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl patch\'' -s p -l patch -x -d 'the patch'
complete -c kctl -n '__kctl_at \'kctl patch\'' -l patch-file -r -F -d 'the patch\'s file; - for standard input'
complete -c kctl -n '__kctl_at \'kctl patch\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl patch\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl patch\'' -l subresource -r -a 'status scale' -d 'change a part of the object by itself'
complete -c kctl -n '__kctl_at \'kctl patch\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl patch\'' -l type -r -a 'json merge strategic' -d 'how the patch is written: json, merge or strategic'

complete -c kctl -n '__kctl_at \'kctl plugin\'' -a list -d 'List all visible plugin executables on a user\'s PATH'

complete -c kctl -n '__kctl_at \'kctl plugin list\'' -l name-only -d 'only names, without folders'

complete -c kctl -n '__kctl_at \'kctl port-forward\'' -a '(__kctl_ask port-forward)'
complete -c kctl -n '__kctl_at \'kctl port-forward\'' -l address -x -d 'where to listen, separated by commas: addresses, or localhost for 127.0.0.1 and ::1'
complete -c kctl -n '__kctl_at \'kctl port-forward\'' -l pod-running-timeout -x -d 'how long to wait for a workload\'s first pod'

complete -c kctl -n '__kctl_at \'kctl replace\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl replace\'' -l cascade -d 'what happens to a deleted object\'s dependents'
complete -c kctl -n '__kctl_at \'kctl replace\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl replace\'' -l field-manager -x -d 'the name under which fields are noted'
complete -c kctl -n '__kctl_at \'kctl replace\'' -s f -l filename -r -F -d 'what to put in place: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl replace\'' -l force -d 'delete the object and create it anew'
complete -c kctl -n '__kctl_at \'kctl replace\'' -l grace-period -x -d 'how long deleted objects may take to end'
complete -c kctl -n '__kctl_at \'kctl replace\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl replace\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl replace\'' -l save-config -d 'keep the configuration in the object\'s annotation, for apply'
complete -c kctl -n '__kctl_at \'kctl replace\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl replace\'' -l subresource -r -a 'status scale' -d 'replace a part of the object by itself'
complete -c kctl -n '__kctl_at \'kctl replace\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl replace\'' -l timeout -x -d 'how long to wait for deleted objects; 0 is without end'
complete -c kctl -n '__kctl_at \'kctl replace\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'
complete -c kctl -n '__kctl_at \'kctl replace\'' -l wait -d 'wait until deleted objects are gone'

complete -c kctl -n '__kctl_at \'kctl rollout\'' -a history -d 'View rollout history'
complete -c kctl -n '__kctl_at \'kctl rollout\'' -a pause -d 'Mark the provided resource as paused'
complete -c kctl -n '__kctl_at \'kctl rollout\'' -a restart -d 'Restart a resource'
complete -c kctl -n '__kctl_at \'kctl rollout\'' -a resume -d 'Resume a paused resource'
complete -c kctl -n '__kctl_at \'kctl rollout\'' -a status -d 'Show the status of the rollout'
complete -c kctl -n '__kctl_at \'kctl rollout\'' -a undo -d 'Undo a previous rollout'

complete -c kctl -n '__kctl_at \'kctl rollout history\'' -a '(__kctl_ask rollouts)'
complete -c kctl -n '__kctl_at \'kctl rollout history\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl rollout history\'' -s f -l filename -r -F -d 'what to work on: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl rollout history\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl rollout history\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl rollout history\'' -l revision -x -d 'the revision to show with its pod template; 0 lists all'
complete -c kctl -n '__kctl_at \'kctl rollout history\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl rollout history\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl rollout history\'' -l template -x -d 'the template of -o go-template or -o jsonpath'

complete -c kctl -n '__kctl_at \'kctl rollout pause\'' -a '(__kctl_ask rollouts)'
complete -c kctl -n '__kctl_at \'kctl rollout pause\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl rollout pause\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl rollout pause\'' -s f -l filename -r -F -d 'what to work on: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl rollout pause\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl rollout pause\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl rollout pause\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl rollout pause\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl rollout pause\'' -l template -x -d 'the template of -o go-template or -o jsonpath'

complete -c kctl -n '__kctl_at \'kctl rollout restart\'' -a '(__kctl_ask rollouts)'
complete -c kctl -n '__kctl_at \'kctl rollout restart\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl rollout restart\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl rollout restart\'' -s f -l filename -r -F -d 'what to work on: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl rollout restart\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl rollout restart\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl rollout restart\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl rollout restart\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl rollout restart\'' -l template -x -d 'the template of -o go-template or -o jsonpath'

complete -c kctl -n '__kctl_at \'kctl rollout resume\'' -a '(__kctl_ask rollouts)'
complete -c kctl -n '__kctl_at \'kctl rollout resume\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl rollout resume\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl rollout resume\'' -s f -l filename -r -F -d 'what to work on: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl rollout resume\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl rollout resume\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl rollout resume\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl rollout resume\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl rollout resume\'' -l template -x -d 'the template of -o go-template or -o jsonpath'

complete -c kctl -n '__kctl_at \'kctl rollout status\'' -a '(__kctl_ask rollouts)'
complete -c kctl -n '__kctl_at \'kctl rollout status\'' -s f -l filename -r -F -d 'what to work on: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl rollout status\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl rollout status\'' -l revision -x -d 'the revision that is to be rolled out; 0 is the latest'
complete -c kctl -n '__kctl_at \'kctl rollout status\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl rollout status\'' -l timeout -x -d 'how long to wait; 0 is without end'
complete -c kctl -n '__kctl_at \'kctl rollout status\'' -s w -l watch -d 'wait until the rollout is done'

complete -c kctl -n '__kctl_at \'kctl rollout undo\'' -a '(__kctl_ask rollouts)'
complete -c kctl -n '__kctl_at \'kctl rollout undo\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl rollout undo\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl rollout undo\'' -s f -l filename -r -F -d 'what to work on: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl rollout undo\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl rollout undo\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl rollout undo\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl rollout undo\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl rollout undo\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl rollout undo\'' -l to-revision -x -d 'the revision to go back to; 0 is the one before'

complete -c kctl -n '__kctl_at \'kctl run\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl run\'' -l annotations -x -d 'an annotation of the pod'
complete -c kctl -n '__kctl_at \'kctl run\'' -l attach -d 'wait for the pod and attach to it; default with --stdin'
complete -c kctl -n '__kctl_at \'kctl run\'' -l cascade -d 'with --rm: what happens to dependents'
complete -c kctl -n '__kctl_at \'kctl run\'' -l command -d 'take what stands behind -- as the command'
complete -c kctl -n '__kctl_at \'kctl run\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl run\'' -l env -x -d 'a variable of the container\'s environment'
complete -c kctl -n '__kctl_at \'kctl run\'' -l expose -d 'make a ClusterIP service for the pod; needs --port'
complete -c kctl -n '__kctl_at \'kctl run\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl run\'' -l force -d 'with --rm and --grace-period=0: take the pod away at once, whatever still runs'
complete -c kctl -n '__kctl_at \'kctl run\'' -l grace-period -x -d 'with --rm: how long the pod may take to end; -1 is its own'
complete -c kctl -n '__kctl_at \'kctl run\'' -l image -x -d 'the container\'s image'
complete -c kctl -n '__kctl_at \'kctl run\'' -l image-pull-policy -r -a 'Always IfNotPresent Never' -d 'when the image is pulled'
complete -c kctl -n '__kctl_at \'kctl run\'' -s l -l labels -x -d 'the pod\'s labels'
complete -c kctl -n '__kctl_at \'kctl run\'' -l leave-stdin-open -d 'leave the input open after the first session'
complete -c kctl -n '__kctl_at \'kctl run\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl run\'' -l override-type -r -a 'json merge strategic' -d 'how --overrides is laid over the object'
complete -c kctl -n '__kctl_at \'kctl run\'' -l overrides -x -d 'fields laid over the object that is made'
complete -c kctl -n '__kctl_at \'kctl run\'' -l pod-running-timeout -x -d 'how long to wait until the pod runs'
complete -c kctl -n '__kctl_at \'kctl run\'' -l port -x -d 'the port that the container listens on'
complete -c kctl -n '__kctl_at \'kctl run\'' -l privileged -d 'run the container in privileged mode'
complete -c kctl -n '__kctl_at \'kctl run\'' -s q -l quiet -d 'print nothing but the session\'s output'
complete -c kctl -n '__kctl_at \'kctl run\'' -l restart -r -a 'Always OnFailure Never' -d 'when the ended container is started again'
complete -c kctl -n '__kctl_at \'kctl run\'' -l rm -d 'delete the pod after the session'
complete -c kctl -n '__kctl_at \'kctl run\'' -l save-config -d 'keep the object in its own annotation, for a later apply'
complete -c kctl -n '__kctl_at \'kctl run\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl run\'' -s i -l stdin -d 'keep the container\'s input open, even if nobody is attached'
complete -c kctl -n '__kctl_at \'kctl run\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl run\'' -l timeout -x -d 'with --rm: how long to wait; 0 is long enough'
complete -c kctl -n '__kctl_at \'kctl run\'' -s t -l tty -d 'give the container a terminal'
complete -c kctl -n '__kctl_at \'kctl run\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'
complete -c kctl -n '__kctl_at \'kctl run\'' -l wait -d 'with --rm: wait until the pod is gone'

complete -c kctl -n '__kctl_at \'kctl scale\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl scale\'' -l all -d 'all objects of the given types in the namespace'
complete -c kctl -n '__kctl_at \'kctl scale\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl scale\'' -l current-replicas -x -d 'scale only if there are so many now; -1 is any'
complete -c kctl -n '__kctl_at \'kctl scale\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl scale\'' -s f -l filename -r -F -d 'what to scale: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl scale\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl scale\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl scale\'' -l replicas -x -d 'the new number of replicas'
complete -c kctl -n '__kctl_at \'kctl scale\'' -l resource-version -x -d 'scale only if the object is of this version'
complete -c kctl -n '__kctl_at \'kctl scale\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl scale\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl scale\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl scale\'' -l timeout -x -d 'how long to wait until the size is reached; 0 does not wait'

complete -c kctl -n '__kctl_at \'kctl serve\'' -l kubeconfig-out -r -F -d 'write a configuration that kubectl can use'
complete -c kctl -n '__kctl_at \'kctl serve\'' -l listen -x -d 'where to listen: a numeric address and a port, or unix:PATH'
complete -c kctl -n '__kctl_at \'kctl serve\'' -l token-file -r -F -d 'what clients must send as a bearer token: the file\'s first line; other addresses than this machine\'s are allowed then'

complete -c kctl -n '__kctl_at \'kctl set\'' -a env -d 'Set the environment of containers'
complete -c kctl -n '__kctl_at \'kctl set\'' -a image -d 'Set the images of containers'
complete -c kctl -n '__kctl_at \'kctl set\'' -a resources -d 'Set requests and limits of containers'

complete -c kctl -n '__kctl_at \'kctl set env\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l all -d 'all objects of the given types in the namespace'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl set env\'' -s c -l containers -x -d 'the containers to change; * stands for any letters'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl set env\'' -s e -l env -x -d 'a variable to set'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l field-manager -x -d 'the name under which changed fields are noted'
complete -c kctl -n '__kctl_at \'kctl set env\'' -s f -l filename -r -F -d 'what to change: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l from -x -d 'take variables from a ConfigMap or Secret'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l keys -x -d 'the keys that --from takes; all of them where none are named'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l list -d 'print the environment'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l local -d 'change files\' objects without asking the cluster'
complete -c kctl -n '__kctl_at \'kctl set env\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l overwrite -d 'change variables that are there already'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l prefix -x -d 'what stands before the names taken by --from'
complete -c kctl -n '__kctl_at \'kctl set env\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l resolve -d 'with --list: print the values of variables that are taken from ConfigMaps, Secrets and fields'
complete -c kctl -n '__kctl_at \'kctl set env\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl set env\'' -l template -x -d 'the template of -o go-template or -o jsonpath'

complete -c kctl -n '__kctl_at \'kctl set image\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl set image\'' -l all -d 'all objects of the given types in the namespace'
complete -c kctl -n '__kctl_at \'kctl set image\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl set image\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl set image\'' -l field-manager -x -d 'the name under which changed fields are noted'
complete -c kctl -n '__kctl_at \'kctl set image\'' -s f -l filename -r -F -d 'what to change: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl set image\'' -l local -d 'change files\' objects without asking the cluster'
complete -c kctl -n '__kctl_at \'kctl set image\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl set image\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl set image\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl set image\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl set image\'' -l template -x -d 'the template of -o go-template or -o jsonpath'

complete -c kctl -n '__kctl_at \'kctl set resources\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -l all -d 'all objects of the given types in the namespace'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -s c -l containers -x -d 'the containers to change; * stands for any letters'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -l field-manager -x -d 'the name under which changed fields are noted'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -s f -l filename -r -F -d 'what to change: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -l limits -x -d 'the limits'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -l local -d 'change files\' objects without asking the cluster'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -l requests -x -d 'the requests'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl set resources\'' -l template -x -d 'the template of -o go-template or -o jsonpath'

complete -c kctl -n '__kctl_at \'kctl sim\'' -a advance -d 'Let simulated time pass'
complete -c kctl -n '__kctl_at \'kctl sim\'' -a clock -d 'Let the clock follow the machine\'s, or stand still'
complete -c kctl -n '__kctl_at \'kctl sim\'' -a crash -d 'Crash a container of a pod'
complete -c kctl -n '__kctl_at \'kctl sim\'' -a export -d 'Write the whole cluster to a file'
complete -c kctl -n '__kctl_at \'kctl sim\'' -a fail -d 'Silence a node, as if it had lost power'
complete -c kctl -n '__kctl_at \'kctl sim\'' -a heal -d 'End a node\'s silence'
complete -c kctl -n '__kctl_at \'kctl sim\'' -a import -d 'Replace the cluster by one that was exported'
complete -c kctl -n '__kctl_at \'kctl sim\'' -a reset -d 'Begin with a new, empty cluster'
complete -c kctl -n '__kctl_at \'kctl sim\'' -a status -d 'Show the simulation\'s clock and what it holds'


complete -c kctl -n '__kctl_at \'kctl sim clock\'' -a 'follow manual'

complete -c kctl -n '__kctl_at \'kctl sim crash\'' -a '(__kctl_ask sim-pod)'
complete -c kctl -n '__kctl_at \'kctl sim crash\'' -s c -l container -r -a '(__kctl_ask containers)' -d 'the container; the first that runs where left out'

complete -c kctl -n '__kctl_at \'kctl sim export\'' -F

complete -c kctl -n '__kctl_at \'kctl sim fail\'' -a '(__kctl_ask sim-node)'

complete -c kctl -n '__kctl_at \'kctl sim heal\'' -a '(__kctl_ask sim-node)'

complete -c kctl -n '__kctl_at \'kctl sim import\'' -F

complete -c kctl -n '__kctl_at \'kctl sim reset\'' -s f -l filename -r -F -d 'the Node objects of the new cluster: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl sim reset\'' -l nodes -x -d 'how many nodes the new cluster has'
complete -c kctl -n '__kctl_at \'kctl sim reset\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl sim reset\'' -l seed -x -d 'where chance begins; the same seed gives the same cluster'

complete -c kctl -n '__kctl_at \'kctl sim status\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl sim status\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl sim status\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl sim status\'' -l template -x -d 'the template of -o go-template or -o jsonpath'

complete -c kctl -n '__kctl_at \'kctl taint\'' -a '(__kctl_ask nodes)'
complete -c kctl -n '__kctl_at \'kctl taint\'' -l all -d 'all objects of the given types in the namespace'
complete -c kctl -n '__kctl_at \'kctl taint\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl taint\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl taint\'' -l field-manager -x -d 'who is noted as the owner of the fields'
complete -c kctl -n '__kctl_at \'kctl taint\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl taint\'' -l overwrite -d 'replace taints that are there'
complete -c kctl -n '__kctl_at \'kctl taint\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl taint\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl taint\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl taint\'' -l validate -d 'what unknown fields are: an error, a warning, or nothing'

complete -c kctl -n '__kctl_at \'kctl top\'' -a node -d 'Display resource (CPU/memory) usage of nodes'
complete -c kctl -n '__kctl_at \'kctl top\'' -a pod -d 'Display resource (CPU/memory) usage of pods'

complete -c kctl -n '__kctl_at \'kctl top node\' \'kctl top nodes\' \'kctl top no\'' -a '(__kctl_ask nodes)'
complete -c kctl -n '__kctl_at \'kctl top node\' \'kctl top nodes\' \'kctl top no\'' -l no-headers -d 'leave the table\'s header out'
complete -c kctl -n '__kctl_at \'kctl top node\' \'kctl top nodes\' \'kctl top no\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl top node\' \'kctl top nodes\' \'kctl top no\'' -l show-capacity -d 'percentages of the capacity instead of what is allocatable'
complete -c kctl -n '__kctl_at \'kctl top node\' \'kctl top nodes\' \'kctl top no\'' -l sort-by -r -a 'cpu memory' -d 'what uses most of it first'

complete -c kctl -n '__kctl_at \'kctl top pod\' \'kctl top pods\' \'kctl top po\'' -a '(__kctl_ask pods)'
complete -c kctl -n '__kctl_at \'kctl top pod\' \'kctl top pods\' \'kctl top po\'' -s A -l all-namespaces -d 'objects of all namespaces'
complete -c kctl -n '__kctl_at \'kctl top pod\' \'kctl top pods\' \'kctl top po\'' -l containers -d 'each container in a line of its own'
complete -c kctl -n '__kctl_at \'kctl top pod\' \'kctl top pods\' \'kctl top po\'' -l field-selector -x -d 'only objects with these fields: status.phase=Running,metadata.name!=web'
complete -c kctl -n '__kctl_at \'kctl top pod\' \'kctl top pods\' \'kctl top po\'' -l no-headers -d 'leave the table\'s header out'
complete -c kctl -n '__kctl_at \'kctl top pod\' \'kctl top pods\' \'kctl top po\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl top pod\' \'kctl top pods\' \'kctl top po\'' -l sort-by -r -a 'cpu memory' -d 'what uses most of it first'
complete -c kctl -n '__kctl_at \'kctl top pod\' \'kctl top pods\' \'kctl top po\'' -l sum -d 'print the sum, too'

complete -c kctl -n '__kctl_at \'kctl uncordon\'' -a '(__kctl_ask nodes)'
complete -c kctl -n '__kctl_at \'kctl uncordon\'' -l dry-run -d 'only say what would be done: client asks nothing of the cluster, server asks and stores nothing'
complete -c kctl -n '__kctl_at \'kctl uncordon\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'

complete -c kctl -n '__kctl_at \'kctl version\'' -l client -d 'only the program\'s own version'
complete -c kctl -n '__kctl_at \'kctl version\'' -s o -l output -r -a 'json yaml' -d 'the output format'

complete -c kctl -n '__kctl_at \'kctl wait\'' -a '(__kctl_ask resources)'
complete -c kctl -n '__kctl_at \'kctl wait\'' -l all -d 'all objects of the given types in the namespace'
complete -c kctl -n '__kctl_at \'kctl wait\'' -s A -l all-namespaces -d 'objects of all namespaces'
complete -c kctl -n '__kctl_at \'kctl wait\'' -l allow-missing-template-keys -d 'take fields that a template names and an object lacks as empty'
complete -c kctl -n '__kctl_at \'kctl wait\'' -l field-selector -x -d 'only objects with these fields: status.phase=Running,metadata.name!=web'
complete -c kctl -n '__kctl_at \'kctl wait\'' -s f -l filename -r -F -d 'what to wait for: file, folder, URL, or - for standard input'
complete -c kctl -n '__kctl_at \'kctl wait\'' -l for -r -a 'condition= create delete jsonpath=' -d 'what to wait for'
complete -c kctl -n '__kctl_at \'kctl wait\'' -s o -l output -r -a 'go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' -d 'the output format: go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, template, templatefile, yaml'
complete -c kctl -n '__kctl_at \'kctl wait\'' -s R -l recursive -d 'go into the folders of a folder given by -f'
complete -c kctl -n '__kctl_at \'kctl wait\'' -s l -l selector -x -d 'only objects with these labels: a=b,c!=d,e in (f,g),!h'
complete -c kctl -n '__kctl_at \'kctl wait\'' -l show-managed-fields -d 'show metadata.managedFields in JSON and YAML'
complete -c kctl -n '__kctl_at \'kctl wait\'' -l template -x -d 'the template of -o go-template or -o jsonpath'
complete -c kctl -n '__kctl_at \'kctl wait\'' -l timeout -x -d 'how long to wait; 0 looks once, less than 0 waits a week'
