import APIMachinery
import Formats

// Volumes, by their source.

extension Validation {
  /// - Returns: the volumes' names, for mounts to be looked up in.
  static func volumes(_ volumes: Value, _ path: String, _ errors: inout [FieldError]) -> [String] {
    var names: [String] = []
    for (i, volume) in volumes.items.enumerated() {
      let path = "\(path)[\(i)]"
      source(volume, path, &errors)
      let name = volume["name"].text
      if name.isEmpty {
        errors.append(.required("\(path).name"))
      } else {
        dnsLabel(name, "\(path).name", &errors)
        if names.contains(name) { errors.append(.duplicate("\(path).name", .string(name))) } else { names.append(name) }
      }
    }
    return names
  }

  private static func source(_ volume: Value, _ path: String, _ errors: inout [FieldError]) {
    var found = 0
    for member in volume.members where member.key != "name" && !member.value.isNull {
      found += 1
      let path = "\(path).\(member.key)"
      if found > 1 {
        errors.append(.forbidden(path, "may not specify more than 1 volume type"))
      } else {
        source(member.key, member.value, path, &errors)
      }
    }
    if found == 0 { errors.append(.required(path, "must specify a volume type")) }
  }

  private static func source(_ type: String, _ source: Value, _ path: String, _ errors: inout [FieldError]) {
    func require(_ keys: String..., errors: inout [FieldError]) {
      for key in keys where source[key].text.isEmpty { errors.append(.required("\(path).\(key)")) }
    }
    switch type {
    case "hostPath":
      require("path", errors: &errors)
      noBacksteps(source["path"].text, "\(path).path", &errors)
      let types = ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"]
      if let type = source["type"].string, !types.contains(type) { errors.append(.notSupported("\(path).type", .string(type), types)) }
    case "emptyDir":
      if let limit = quantity(source["sizeLimit"]), limit.isNegative {
        errors.append(.forbidden("\(path).sizeLimit", "SizeLimit field must be a valid resource quantity"))
      }
    case "secret":
      require("secretName", errors: &errors)
      files(source, path, &errors)
    case "configMap":
      require("name", errors: &errors)
      files(source, path, &errors)
    case "nfs":
      require("server", "path", errors: &errors)
      if !source["path"].text.isEmpty, !source["path"].text.hasPrefix("/") {
        errors.append(.invalid("\(path).path", source["path"], "must be an absolute path"))
      }
    case "persistentVolumeClaim": require("claimName", errors: &errors)
    case "gitRepo": require("repository", errors: &errors)
    case "iscsi": require("targetPortal", "iqn", errors: &errors)
    case "gcePersistentDisk": require("pdName", errors: &errors)
    case "awsElasticBlockStore": require("volumeID", errors: &errors)
    case "csi": require("driver", errors: &errors)
    case "downwardAPI":
      mode(source["defaultMode"], "\(path).defaultMode", &errors)
      downward(source["items"], path, &errors)
    case "projected": projected(source, path, &errors)
    case "ephemeral":
      if source["volumeClaimTemplate"].isNull { errors.append(.required("\(path).volumeClaimTemplate")) }
    default: break
    }
  }

  private static func files(_ source: Value, _ path: String, _ errors: inout [FieldError]) {
    mode(source["defaultMode"], "\(path).defaultMode", &errors)
    items(source["items"], "\(path).items", &errors)
  }

  private static func items(_ items: Value, _ path: String, _ errors: inout [FieldError]) {
    for (i, item) in items.items.enumerated() {
      let path = "\(path)[\(i)]"
      if item["key"].text.isEmpty { errors.append(.required("\(path).key")) }
      filePath(item["path"].text, "\(path).path", &errors)
      mode(item["mode"], "\(path).mode", &errors)
    }
  }

  private static func filePath(_ text: String, _ path: String, _ errors: inout [FieldError]) {
    if text.isEmpty {
      errors.append(.required(path))
    } else {
      localPath(text, path, &errors)
      if text.hasPrefix("..") && !text.hasPrefix("../") { errors.append(.invalid(path, .string(text), "must not start with '..'")) }
    }
  }

  private static func mode(_ mode: Value, _ path: String, _ errors: inout [FieldError]) {
    guard let bits = mode.int, !(0...0o777).contains(bits) else { return }
    errors.append(.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive"))
  }

  private static func downward(_ items: Value, _ path: String, _ errors: inout [FieldError]) {
    for item in items.items {
      let path = "\(path).items"
      filePath(item["path"].text, "\(path).path", &errors)
      if !item["fieldRef"].isNull {
        fieldReference(item["fieldRef"], volumeFields, "\(path).fieldRef", &errors)
        if !item["resourceFieldRef"].isNull {
          errors.append(.invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"))
        }
      } else if !item["resourceFieldRef"].isNull {
        resourceReference(item["resourceFieldRef"], inVolume: true, "\(path).resourceFieldRef", &errors)
      } else {
        errors.append(.required(path, "one of fieldRef and resourceFieldRef is required"))
      }
      mode(item["mode"], "\(path).mode", &errors)
    }
  }

  private static func projected(_ projected: Value, _ path: String, _ errors: inout [FieldError]) {
    mode(projected["defaultMode"], "\(path).defaultMode", &errors)
    for (i, source) in projected["sources"].items.enumerated() {
      let path = "\(path).sources[\(i)]"
      var found = 0
      for member in source.members where !member.value.isNull {
        found += 1
        let path = "\(path).\(member.key)"
        if found > 1 {
          errors.append(.forbidden(path, "may not specify more than 1 volume type"))
          continue
        }
        switch member.key {
        case "secret", "configMap":
          if member.value["name"].text.isEmpty { errors.append(.required("\(path).name")) }
          items(member.value["items"], "\(path).items", &errors)
        case "downwardAPI": downward(member.value["items"], path, &errors)
        case "serviceAccountToken":
          let seconds = member.value["expirationSeconds"].int ?? 3600
          if seconds < 600 {
            errors.append(.invalid("\(path).expirationSeconds", .int(seconds), "may not specify a duration less than 10 minutes"))
          }
          if seconds > 1 << 32 {
            errors.append(.invalid("\(path).expirationSeconds", .int(seconds), "may not specify a duration larger than 2^32 seconds"))
          }
          if member.value["path"].text.isEmpty { errors.append(.required("\(path).path")) }
        default: break
        }
      }
      if found == 0 { errors.append(.required(path, "must specify a volume type")) }
    }
  }
}
