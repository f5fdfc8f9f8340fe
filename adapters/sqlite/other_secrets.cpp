#include "adapters/sqlite/other_secrets.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "orchestrator/plan/error.hpp"

namespace transload::sqlite {
namespace {

using Bytes = nlohmann::json::binary_t;

nlohmann::json packed(const Secret& password) {
    const std::string& plain = password.reveal();
    return nlohmann::json::binary(Bytes::container_type(plain.begin(), plain.end()));
}

[[noreturn]] void malformed() {
    throw Error(ErrorKind::failed, "codec.malformed", "other_secrets",
                "the passwords of proxies and storage units don't fit the job", "");
}

/// Gives each owner its password, in order.
void hand_out(const nlohmann::json& document, const char* member, const std::vector<Secret*>& owners) {
    const auto list = document.find(member);
    if (list == document.end() || !list->is_array() || list->size() != owners.size()) malformed();
    for (std::size_t i = 0; i < owners.size(); ++i) {
        if (!(*list)[i].is_binary()) malformed();
        const Bytes& bytes = (*list)[i].get_binary();
        *owners[i] = Secret(std::string(bytes.begin(), bytes.end()));
    }
}

}  // namespace

Secret other_secrets_of(const JobSpec& spec) {
    nlohmann::json proxies = nlohmann::json::array();
    nlohmann::json units = nlohmann::json::array();
    bool any = false;
    for (const ProxyOptions& proxy : spec.shardingsphere.proxies) {
        any = any || !proxy.endpoint.password.empty();
        proxies.push_back(packed(proxy.endpoint.password));
    }
    if (spec.sharding)
        for (const StorageUnit& unit : spec.sharding->units) {
            any = any || !unit.endpoint.password.empty();
            units.push_back(packed(unit.endpoint.password));
        }
    if (!any) return Secret();
    const std::vector<std::uint8_t> bytes =
        nlohmann::json::to_cbor({{"proxies", std::move(proxies)}, {"units", std::move(units)}});
    return Secret(std::string(bytes.begin(), bytes.end()));
}

void restore_other_secrets(JobSpec& spec, const Secret& packed) {
    if (packed.empty()) return;
    const nlohmann::json document = nlohmann::json::from_cbor(packed.reveal(), true, false);
    if (!document.is_object()) malformed();
    std::vector<Secret*> proxies;
    std::vector<Secret*> units;
    for (ProxyOptions& proxy : spec.shardingsphere.proxies) proxies.push_back(&proxy.endpoint.password);
    if (spec.sharding)
        for (StorageUnit& unit : spec.sharding->units) units.push_back(&unit.endpoint.password);
    hand_out(document, "proxies", proxies);
    hand_out(document, "units", units);
}

}  // namespace transload::sqlite
