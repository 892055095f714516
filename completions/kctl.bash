# Completion of kctl for bash, made from its table of commands. To load it: source <(kctl completion bash)
# shellcheck shell=bash

# What the command at a path has: its commands, its flags (those with a value end with =), its short flags with
# a value, and what its arguments are.
_kctl_command() {
  commands='' aliases='' flags='' valued='' wants=''
  case $1 in
  'kctl')
    commands='agent annotate api-resources api-versions apply attach auth completion config cordon cp create delete describe diff drain edit events exec explain expose get help label logs options patch plugin port-forward replace rollout run scale serve set sim taint top uncordon version wait'
    ;;
  'kctl agent')
    commands='logs restart start status stop unit'
    ;;
  'kctl agent logs')
    flags='--tail='
    ;;
  'kctl agent restart')
    flags='--kubeconfig-out= --listen='
    ;;
  'kctl agent start')
    flags='--kubeconfig-out= --listen='
    ;;
  'kctl agent stop')
    flags='--pods'
    ;;
  'kctl annotate')
    flags='--all --all-namespaces --allow-missing-template-keys --dry-run --field-manager= --field-selector= --filename= --list --local --output= --overwrite --recursive --resource-version= --selector= --show-managed-fields --template='
    valued='-f -o -l'
    wants='ask resources'
    ;;
  'kctl api-resources')
    flags='--api-group= --cached --categories= --namespaced --no-headers --output= --sort-by= --verbs='
    valued='-o'
    ;;
  'kctl apply')
    commands='view-last-applied'
    flags='--all --allow-missing-template-keys --cascade --dry-run --field-manager= --filename= --force --force-conflicts --grace-period= --output= --overwrite --recursive --selector= --server-side --show-managed-fields --template= --timeout= --validate --wait'
    valued='-f -o -l'
    ;;
  'kctl apply view-last-applied')
    flags='--all --filename= --output= --recursive --selector='
    valued='-f -o -l'
    wants='ask resources'
    ;;
  'kctl attach')
    flags='--container= --pod-running-timeout= --quiet --stdin --tty'
    valued='-c'
    wants='ask logs'
    ;;
  'kctl auth')
    commands='can-i whoami'
    ;;
  'kctl auth can-i')
    flags='--all-namespaces --list --no-headers --quiet --subresource='
    wants='ask actions'
    ;;
  'kctl auth whoami')
    flags='--allow-missing-template-keys --output= --show-managed-fields --template='
    valued='-o'
    ;;
  'kctl completion')
    wants='words bash fish zsh'
    ;;
  'kctl config')
    commands='current-context delete-cluster delete-context get-clusters get-contexts rename-context set-cluster set-context use-context view'
    aliases='use'
    ;;
  'kctl config delete-context')
    wants='ask contexts'
    ;;
  'kctl config get-contexts')
    flags='--no-headers --output='
    valued='-o'
    wants='ask contexts'
    ;;
  'kctl config rename-context')
    wants='ask contexts'
    ;;
  'kctl config set-cluster')
    flags='--runtime= --runtime-arg= --server='
    ;;
  'kctl config set-context')
    flags='--cluster= --current --namespace= --user='
    valued='-n'
    wants='ask contexts'
    ;;
  'kctl config use-context' | 'kctl config use')
    wants='ask contexts'
    ;;
  'kctl config view')
    flags='--allow-missing-template-keys --flatten --minify --output= --raw --show-managed-fields --template='
    valued='-o'
    ;;
  'kctl cordon')
    flags='--dry-run --selector='
    valued='-l'
    wants='ask nodes'
    ;;
  'kctl cp')
    flags='--container= --no-preserve --retries='
    valued='-c'
    wants='files'
    ;;
  'kctl create')
    commands='configmap deployment namespace secret service serviceaccount'
    aliases='cm deploy ns svc sa'
    flags='--allow-missing-template-keys --dry-run --field-manager= --filename= --output= --recursive --save-config --selector= --show-managed-fields --template= --validate'
    valued='-f -o -l'
    ;;
  'kctl create configmap' | 'kctl create cm')
    flags='--allow-missing-template-keys --dry-run --field-manager= --from-env-file= --from-file= --from-literal= --output= --save-config --show-managed-fields --template= --validate'
    valued='-o'
    ;;
  'kctl create deployment' | 'kctl create deploy')
    flags='--allow-missing-template-keys --dry-run --field-manager= --image= --output= --port= --replicas= --save-config --show-managed-fields --template= --validate'
    valued='-o -r'
    ;;
  'kctl create namespace' | 'kctl create ns')
    flags='--allow-missing-template-keys --dry-run --field-manager= --output= --save-config --show-managed-fields --template= --validate'
    valued='-o'
    ;;
  'kctl create secret')
    commands='generic'
    ;;
  'kctl create secret generic')
    flags='--allow-missing-template-keys --dry-run --field-manager= --from-env-file= --from-file= --from-literal= --output= --save-config --show-managed-fields --template= --type= --validate'
    valued='-o'
    ;;
  'kctl create service' | 'kctl create svc')
    commands='clusterip externalname loadbalancer nodeport'
    ;;
  'kctl create service clusterip' | 'kctl create svc clusterip')
    flags='--allow-missing-template-keys --clusterip= --dry-run --field-manager= --output= --save-config --show-managed-fields --tcp= --template= --validate'
    valued='-o'
    ;;
  'kctl create service externalname' | 'kctl create svc externalname')
    flags='--allow-missing-template-keys --dry-run --external-name= --field-manager= --output= --save-config --show-managed-fields --tcp= --template= --validate'
    valued='-o'
    ;;
  'kctl create service loadbalancer' | 'kctl create svc loadbalancer')
    flags='--allow-missing-template-keys --dry-run --field-manager= --output= --save-config --show-managed-fields --tcp= --template= --validate'
    valued='-o'
    ;;
  'kctl create service nodeport' | 'kctl create svc nodeport')
    flags='--allow-missing-template-keys --dry-run --field-manager= --node-port= --output= --save-config --show-managed-fields --tcp= --template= --validate'
    valued='-o'
    ;;
  'kctl create serviceaccount' | 'kctl create sa')
    flags='--allow-missing-template-keys --dry-run --field-manager= --output= --save-config --show-managed-fields --template= --validate'
    valued='-o'
    ;;
  'kctl delete')
    flags='--all --all-namespaces --cascade --dry-run --field-selector= --filename= --force --grace-period= --ignore-not-found --interactive --now --output= --recursive --selector= --timeout= --wait'
    valued='-f -o -l'
    wants='ask resources'
    ;;
  'kctl describe')
    flags='--all-namespaces --chunk-size= --filename= --recursive --selector= --show-events'
    valued='-f -l'
    wants='ask resources'
    ;;
  'kctl diff')
    flags='--concurrency= --field-manager= --filename= --recursive --selector= --show-managed-fields'
    valued='-f -l'
    ;;
  'kctl drain')
    flags='--chunk-size= --delete-emptydir-data --disable-eviction --dry-run --force --grace-period= --ignore-daemonsets --pod-selector= --selector= --skip-wait-for-delete-timeout= --timeout='
    valued='-l'
    wants='ask nodes'
    ;;
  'kctl edit')
    flags='--allow-missing-template-keys --field-manager= --filename= --output= --recursive --show-managed-fields --subresource= --template= --validate --windows-line-endings'
    valued='-f -o'
    wants='ask resources'
    ;;
  'kctl events')
    flags='--all-namespaces --allow-missing-template-keys --chunk-size= --for= --no-headers --output= --show-managed-fields --template= --types= --watch'
    valued='-o'
    ;;
  'kctl exec')
    flags='--container= --filename= --pod-running-timeout= --quiet --stdin --tty'
    valued='-c -f'
    wants='ask logs'
    ;;
  'kctl explain')
    flags='--api-version= --output= --recursive'
    valued='-o'
    wants='ask types'
    ;;
  'kctl expose')
    flags='--allow-missing-template-keys --cluster-ip= --dry-run --external-ip= --field-manager= --filename= --labels= --load-balancer-ip= --name= --output= --override-type= --overrides= --port= --protocol= --recursive --save-config --selector= --session-affinity= --show-managed-fields --target-port= --template= --type= --validate'
    valued='-f -l -o'
    wants='ask resources'
    ;;
  'kctl get')
    flags='--all-namespaces --allow-missing-template-keys --chunk-size= --field-selector= --filename= --ignore-not-found --label-columns= --no-headers --output= --output-watch-events --raw= --recursive --selector= --server-print --show-kind --show-labels --show-managed-fields --sort-by= --subresource= --template= --watch --watch-only'
    valued='-f -L -o -l'
    wants='ask resources'
    ;;
  'kctl help')
    wants='ask commands'
    ;;
  'kctl label')
    flags='--all --all-namespaces --allow-missing-template-keys --dry-run --field-manager= --field-selector= --filename= --list --local --output= --overwrite --recursive --resource-version= --selector= --show-managed-fields --template='
    valued='-f -o -l'
    wants='ask resources'
    ;;
  'kctl logs')
    flags='--all-containers --all-pods --container= --follow --ignore-errors --limit-bytes= --max-log-requests= --pod-running-timeout= --prefix --previous --selector= --since= --since-time= --tail= --timestamps'
    valued='-c -l'
    wants='ask logs'
    ;;
  'kctl patch')
    flags='--allow-missing-template-keys --dry-run --field-manager= --filename= --local --output= --patch= --patch-file= --recursive --show-managed-fields --subresource= --template= --type='
    valued='-f -o -p'
    wants='ask resources'
    ;;
  'kctl plugin')
    commands='list'
    ;;
  'kctl plugin list')
    flags='--name-only'
    ;;
  'kctl port-forward')
    flags='--address= --pod-running-timeout='
    wants='ask port-forward'
    ;;
  'kctl replace')
    flags='--allow-missing-template-keys --cascade --dry-run --field-manager= --filename= --force --grace-period= --output= --recursive --save-config --show-managed-fields --subresource= --template= --timeout= --validate --wait'
    valued='-f -o'
    ;;
  'kctl rollout')
    commands='history pause restart resume status undo'
    ;;
  'kctl rollout history')
    flags='--allow-missing-template-keys --filename= --output= --recursive --revision= --selector= --show-managed-fields --template='
    valued='-f -o -l'
    wants='ask rollouts'
    ;;
  'kctl rollout pause')
    flags='--allow-missing-template-keys --field-manager= --filename= --output= --recursive --selector= --show-managed-fields --template='
    valued='-f -o -l'
    wants='ask rollouts'
    ;;
  'kctl rollout restart')
    flags='--allow-missing-template-keys --field-manager= --filename= --output= --recursive --selector= --show-managed-fields --template='
    valued='-f -o -l'
    wants='ask rollouts'
    ;;
  'kctl rollout resume')
    flags='--allow-missing-template-keys --field-manager= --filename= --output= --recursive --selector= --show-managed-fields --template='
    valued='-f -o -l'
    wants='ask rollouts'
    ;;
  'kctl rollout status')
    flags='--filename= --recursive --revision= --selector= --timeout= --watch'
    valued='-f -l'
    wants='ask rollouts'
    ;;
  'kctl rollout undo')
    flags='--allow-missing-template-keys --dry-run --filename= --output= --recursive --selector= --show-managed-fields --template= --to-revision='
    valued='-f -o -l'
    wants='ask rollouts'
    ;;
  'kctl run')
    flags='--allow-missing-template-keys --annotations= --attach --cascade --command --dry-run --env= --expose --field-manager= --force --grace-period= --image= --image-pull-policy= --labels= --leave-stdin-open --output= --override-type= --overrides= --pod-running-timeout= --port= --privileged --quiet --restart= --rm --save-config --show-managed-fields --stdin --template= --timeout= --tty --validate --wait'
    valued='-l -o'
    ;;
  'kctl scale')
    flags='--all --allow-missing-template-keys --current-replicas= --dry-run --filename= --output= --recursive --replicas= --resource-version= --selector= --show-managed-fields --template= --timeout='
    valued='-f -o -l'
    wants='ask resources'
    ;;
  'kctl serve')
    flags='--kubeconfig-out= --listen= --token-file='
    ;;
  'kctl set')
    commands='env image resources'
    ;;
  'kctl set env')
    flags='--all --allow-missing-template-keys --containers= --dry-run --env= --field-manager= --filename= --from= --keys= --list --local --output= --overwrite --prefix= --recursive --resolve --selector= --show-managed-fields --template='
    valued='-c -e -f -o -l'
    wants='ask resources'
    ;;
  'kctl set image')
    flags='--all --allow-missing-template-keys --dry-run --field-manager= --filename= --local --output= --recursive --selector= --show-managed-fields --template='
    valued='-f -o -l'
    wants='ask resources'
    ;;
  'kctl set resources')
    flags='--all --allow-missing-template-keys --containers= --dry-run --field-manager= --filename= --limits= --local --output= --recursive --requests= --selector= --show-managed-fields --template='
    valued='-c -f -o -l'
    wants='ask resources'
    ;;
  'kctl sim')
    commands='advance clock crash export fail heal import reset status'
    ;;
  'kctl sim clock')
    wants='words follow manual'
    ;;
  'kctl sim crash')
    flags='--container='
    valued='-c'
    wants='ask sim-pod'
    ;;
  'kctl sim export')
    wants='files'
    ;;
  'kctl sim fail')
    wants='ask sim-node'
    ;;
  'kctl sim heal')
    wants='ask sim-node'
    ;;
  'kctl sim import')
    wants='files'
    ;;
  'kctl sim reset')
    flags='--filename= --nodes= --recursive --seed='
    valued='-f'
    ;;
  'kctl sim status')
    flags='--allow-missing-template-keys --output= --show-managed-fields --template='
    valued='-o'
    ;;
  'kctl taint')
    flags='--all --allow-missing-template-keys --dry-run --field-manager= --output= --overwrite --selector= --show-managed-fields --template= --validate'
    valued='-o -l'
    wants='ask nodes'
    ;;
  'kctl top')
    commands='node pod'
    aliases='nodes no pods po'
    ;;
  'kctl top node' | 'kctl top nodes' | 'kctl top no')
    flags='--no-headers --selector= --show-capacity --sort-by='
    valued='-l'
    wants='ask nodes'
    ;;
  'kctl top pod' | 'kctl top pods' | 'kctl top po')
    flags='--all-namespaces --containers --field-selector= --no-headers --selector= --sort-by= --sum'
    valued='-l'
    wants='ask pods'
    ;;
  'kctl uncordon')
    flags='--dry-run --selector='
    valued='-l'
    wants='ask nodes'
    ;;
  'kctl version')
    flags='--client --output='
    valued='-o'
    ;;
  'kctl wait')
    flags='--all --all-namespaces --allow-missing-template-keys --field-selector= --filename= --for= --output= --recursive --selector= --show-managed-fields --template= --timeout='
    valued='-f -o -l'
    wants='ask resources'
    ;;
  esac
}

# What the value of a command's flag is.
_kctl_value() {
  wants=''
  case $1 in
  'kctl agent restart')
    case $2 in
    --kubeconfig-out) wants='files' ;;
    esac
    ;;
  'kctl agent start')
    case $2 in
    --kubeconfig-out) wants='files' ;;
    esac
    ;;
  'kctl annotate')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl api-resources')
    case $2 in
    -o | --output) wants='words wide name' ;;
    --sort-by) wants='words name kind' ;;
    esac
    ;;
  'kctl apply')
    case $2 in
    --cascade) wants='words background orphan foreground' ;;
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl apply view-last-applied')
    case $2 in
    -f | --filename) wants='files' ;;
    -o | --output) wants='words json yaml' ;;
    esac
    ;;
  'kctl attach')
    case $2 in
    -c | --container) wants='ask containers' ;;
    esac
    ;;
  'kctl auth whoami')
    case $2 in
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl config get-contexts')
    case $2 in
    -o | --output) wants='words name' ;;
    esac
    ;;
  'kctl config set-cluster')
    case $2 in
    --runtime) wants='words podman docker process' ;;
    esac
    ;;
  'kctl config set-context')
    case $2 in
    --cluster) wants='ask clusters' ;;
    -n | --namespace) wants='ask namespaces' ;;
    esac
    ;;
  'kctl config view')
    case $2 in
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl cordon')
    case $2 in
    --dry-run) wants='words none server client' ;;
    esac
    ;;
  'kctl cp')
    case $2 in
    -c | --container) wants='ask containers' ;;
    esac
    ;;
  'kctl create')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl create configmap' | 'kctl create cm')
    case $2 in
    --dry-run) wants='words none server client' ;;
    --from-env-file) wants='files' ;;
    --from-file) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl create deployment' | 'kctl create deploy')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl create namespace' | 'kctl create ns')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl create secret generic')
    case $2 in
    --dry-run) wants='words none server client' ;;
    --from-env-file) wants='files' ;;
    --from-file) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl create service clusterip' | 'kctl create svc clusterip')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl create service externalname' | 'kctl create svc externalname')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl create service loadbalancer' | 'kctl create svc loadbalancer')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl create service nodeport' | 'kctl create svc nodeport')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl create serviceaccount' | 'kctl create sa')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl delete')
    case $2 in
    --cascade) wants='words background orphan foreground' ;;
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words name' ;;
    esac
    ;;
  'kctl describe')
    case $2 in
    -f | --filename) wants='files' ;;
    esac
    ;;
  'kctl diff')
    case $2 in
    -f | --filename) wants='files' ;;
    esac
    ;;
  'kctl drain')
    case $2 in
    --dry-run) wants='words none server client' ;;
    esac
    ;;
  'kctl edit')
    case $2 in
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --subresource) wants='words status' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl events')
    case $2 in
    --for) wants='ask resources' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --types) wants='words Normal Warning' ;;
    esac
    ;;
  'kctl exec')
    case $2 in
    -c | --container) wants='ask containers' ;;
    -f | --filename) wants='files' ;;
    esac
    ;;
  'kctl explain')
    case $2 in
    -o | --output) wants='words plaintext' ;;
    esac
    ;;
  'kctl expose')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --override-type) wants='words json merge strategic' ;;
    --protocol) wants='words TCP UDP SCTP' ;;
    --session-affinity) wants='words None ClientIP' ;;
    --type) wants='words ClusterIP NodePort LoadBalancer ExternalName' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl get')
    case $2 in
    -f | --filename) wants='files' ;;
    -o | --output) wants='words custom-columns custom-columns-file go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile wide yaml' ;;
    --subresource) wants='words status scale' ;;
    esac
    ;;
  'kctl label')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl logs')
    case $2 in
    -c | --container) wants='ask containers' ;;
    esac
    ;;
  'kctl patch')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --patch-file) wants='files' ;;
    --subresource) wants='words status scale' ;;
    --type) wants='words json merge strategic' ;;
    esac
    ;;
  'kctl replace')
    case $2 in
    --cascade) wants='words background orphan foreground' ;;
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --subresource) wants='words status scale' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl rollout history')
    case $2 in
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl rollout pause')
    case $2 in
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl rollout restart')
    case $2 in
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl rollout resume')
    case $2 in
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl rollout status')
    case $2 in
    -f | --filename) wants='files' ;;
    esac
    ;;
  'kctl rollout undo')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl run')
    case $2 in
    --cascade) wants='words background orphan foreground' ;;
    --dry-run) wants='words none server client' ;;
    --image-pull-policy) wants='words Always IfNotPresent Never' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --override-type) wants='words json merge strategic' ;;
    --restart) wants='words Always OnFailure Never' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl scale')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl serve')
    case $2 in
    --kubeconfig-out) wants='files' ;;
    --token-file) wants='files' ;;
    esac
    ;;
  'kctl set env')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl set image')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl set resources')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -f | --filename) wants='files' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl sim crash')
    case $2 in
    -c | --container) wants='ask containers' ;;
    esac
    ;;
  'kctl sim reset')
    case $2 in
    -f | --filename) wants='files' ;;
    esac
    ;;
  'kctl sim status')
    case $2 in
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  'kctl taint')
    case $2 in
    --dry-run) wants='words none server client' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    --validate) wants='words strict warn ignore' ;;
    esac
    ;;
  'kctl top node' | 'kctl top nodes' | 'kctl top no')
    case $2 in
    --sort-by) wants='words cpu memory' ;;
    esac
    ;;
  'kctl top pod' | 'kctl top pods' | 'kctl top po')
    case $2 in
    --sort-by) wants='words cpu memory' ;;
    esac
    ;;
  'kctl uncordon')
    case $2 in
    --dry-run) wants='words none server client' ;;
    esac
    ;;
  'kctl version')
    case $2 in
    -o | --output) wants='words json yaml' ;;
    esac
    ;;
  'kctl wait')
    case $2 in
    -f | --filename) wants='files' ;;
    --for) wants='words condition= create delete jsonpath=' ;;
    -o | --output) wants='words go-template go-template-file json jsonpath jsonpath-as-json jsonpath-file name template templatefile yaml' ;;
    esac
    ;;
  esac
  [ -z "$wants" ] || return 0
  case $2 in
  --cluster) wants='ask clusters' ;;
  --context) wants='ask contexts' ;;
  --kubeconfig) wants='files' ;;
  -n | --namespace) wants='ask namespaces' ;;
  esac
}

_kctl() {
  local IFS=$' \t\n'
  local words=() count=0 word i
  # Readline cuts words at =: they are put together again.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((count)) && [[ ${words[count - 1]} == -* && $word == =* || ${words[count - 1]} == -*= && $COMP_WORDBREAKS == *=* ]]; then
      words[count - 1]+=$word
    else
      words[count]=$word
      count=$((count + 1))
    fi
  done
  ((count)) || return 0
  local current=${words[count - 1]} path=kctl flag='' dashes='' prefix=''
  local commands aliases flags valued wants
  local shared='--cluster= --context= --help --kubeconfig= --namespace= --request-timeout= --server= --v=' sharedvalued='-n -s -v'
  _kctl_command "$path"
  for ((i = 0; i < count - 1; i++)); do
    word=${words[i]}
    case $word in
    --)
      dashes=1
      break
      ;;
    -*=*) ;;
    -*)
      if [[ " $flags $shared " == *" $word= "* || " $valued $sharedvalued " == *" $word "* ]]; then
        i=$((i + 1))
        ((i < count - 1)) || flag=$word
      fi
      ;;
    *)
      if [[ " $commands $aliases " == *" $word "* ]]; then
        path+=" $word"
        _kctl_command "$path"
      else
        commands=''
      fi
      ;;
    esac
  done
  COMPREPLY=()
  if [[ -z $flag && -z $dashes && $current == -*=* ]]; then
    flag=${current%%=*}
    current=${current#*=}
    [[ $COMP_WORDBREAKS == *=* ]] || prefix=$flag=
  fi
  if [[ -n $flag ]]; then
    _kctl_value "$path" "$flag"
  elif [[ -z $dashes && $current == -* ]]; then
    wants="words $flags $shared"
  elif [[ -n $commands ]]; then
    wants="words $commands"
  fi
  local found=''
  case $wants in
  files) found=$(compgen -f -- "$current") ;;
  folders) found=$(compgen -d -- "$current") ;;
  'words '*) found=$(compgen -W "${wants#words }" -- "$current") ;;
  'ask '*) found=$(compgen -W "$("${COMP_WORDS[0]}" __complete "${wants#ask }" -- "${words[@]}" 2>/dev/null)" -- "$current") ;;
  esac
  [[ $wants == files || $wants == folders ]] && compopt -o filenames 2>/dev/null
  # Readline cuts at colons too, and replaces only what is behind the last one.
  local colon=''
  [[ $COMP_WORDBREAKS == *:* && $current == *:* ]] && colon=${current%"${current##*:}"}
  while IFS='' read -r word; do
    [[ -n $word ]] && COMPREPLY+=("$prefix${word#"$colon"}")
  done <<<"$found"
  if [[ ${#COMPREPLY[@]} -eq 1 && (${COMPREPLY[0]} == -*= || ${COMPREPLY[0]} == */ && $wants == ask*) ]]; then
    compopt -o nospace 2>/dev/null
  fi
  return 0
}

complete -F _kctl kctl
