#include "orchestrator/codec/endpoint_json.hpp"

namespace transload::codec {

Json endpoint_json(const Endpoint& endpoint) {
    Json tls{{"mode", to_string(endpoint.tls.mode)}};
    if (!endpoint.tls.ca.empty()) tls["ca"] = endpoint.tls.ca;
    if (!endpoint.tls.cert.empty()) tls["cert"] = endpoint.tls.cert;
    if (!endpoint.tls.key.empty()) tls["key"] = endpoint.tls.key;
    return {{"scheme", endpoint.scheme}, {"host", endpoint.host},
            {"port", endpoint.port},     {"user", endpoint.user},
            {"tls", std::move(tls)},     {"connect_timeout", text_of(endpoint.connect_timeout)}};
}

Endpoint endpoint_from(const Json& object) {
    Endpoint endpoint;
    read(object, "scheme", endpoint.scheme);
    read(object, "host", endpoint.host);
    read_small(object, "port", endpoint.port);
    read(object, "user", endpoint.user);
    read(object, "connect_timeout", endpoint.connect_timeout);
    if (const Json* tls = find(object, "tls")) {
        read_choice(*tls, "mode", endpoint.tls.mode);
        read(*tls, "ca", endpoint.tls.ca);
        read(*tls, "cert", endpoint.tls.cert);
        read(*tls, "key", endpoint.tls.key);
    }
    return endpoint;
}

}  // namespace transload::codec
