// The words in which OpenAPI's two versions say the same of an operation.

import APIMachinery
import Formats

extension OpenAPI {
  enum Dialect {
    /// Swagger 2.0
    case two
    /// OpenAPI 3.0
    case three

    /// Refers to a schema by its published name.
    func reference(_ name: String) -> Value { ["$ref": .string((self == .two ? "#/definitions/" : "#/components/schemas/") + name)] }

    func paths(_ resources: [Resource]) -> Value {
      var paths = Members()
      for resource in resources {
        var item: Value = [:]
        if !resource.parameters.isEmpty { item["parameters"] = .array(resource.parameters.map(parameter)) }
        for operation in resource.operations { item[operation.method] = self.operation(operation) }
        paths[resource.path] = item
      }
      return .object(paths)
    }

    private func operation(_ operation: Operation) -> Value {
      var parameters = operation.parameters.map(parameter)
      var out: Value = [
        "description": .string(operation.summary), "operationId": .string(operation.id), "tags": [.string(operation.tag)],
        "x-kubernetes-action": .string(operation.action), "x-kubernetes-group-version-kind": operation.kind,
        "responses": responses(operation.answer),
      ]
      switch self {
      case .two:
        out["consumes"] = .array((operation.body?.types ?? ["*/*"]).map(Value.string))
        out["produces"] = .array(operation.answer.types.map(Value.string))
        out["schemes"] = ["http"]
        if let body = operation.body {
          var sent: Value = ["name": "body", "in": "body", "schema": schema(body.content)]
          if body.required { sent["required"] = true }
          parameters.insert(sent, at: 0)
        }
      case .three:
        if let body = operation.body {
          out["requestBody"] = ["content": content(body.content, body.types)]
          if body.required { out["requestBody", "required"] = true }
        }
      }
      if !parameters.isEmpty { out["parameters"] = .array(parameters) }
      return out
    }

    private func responses(_ answer: Answer) -> Value {
      var out = Members()
      for code in answer.codes {
        var response: Value = ["description": .string(code == 201 ? "Created" : code == 202 ? "Accepted" : "OK")]
        switch self {
        case .two: response["schema"] = schema(answer.content)
        case .three: response["content"] = content(answer.content, answer.types)
        }
        out[String(code)] = response
      }
      return .object(out)
    }

    /// The same schema for each of some content types.
    private func content(_ content: Content, _ types: [String]) -> Value {
      let schema = schema(content)
      return .object(Members(types.map { ($0, ["schema": schema]) }))
    }

    private func schema(_ content: Content) -> Value {
      switch content {
      case .model(let model): reference(model.name)
      case .plain(let type): ["type": .string(type)]
      }
    }

    private func parameter(_ parameter: Parameter) -> Value {
      var out: Value = [
        "name": .string(parameter.name), "in": parameter.inPath ? "path" : "query", "description": .string(parameter.doc),
      ]
      if parameter.inPath { out["required"] = true }
      switch self {
      case .two: out["type"] = .string(parameter.type)
      case .three: out["schema"] = ["type": .string(parameter.type)]
      }
      return out
    }
  }
}
