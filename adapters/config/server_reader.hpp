#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/config/reader.hpp"
#include "orchestrator/plan/endpoint.hpp"

namespace transload::config {

/// What may be in an endpoint depends on who wrote the document.
struct EndpointRules {
    /// `password_file`, and `ca`, `cert` and `key` of `tls`: a remote client must not make us read files for it, nor show our
    /// certificate to a server of its choice.
    bool files_allowed = true;
};

/// Keeps the password of the latest origin; two of the same origin are Error "config.conflict".
class PasswordChoice {
  public:
    void offer(Secret password, const std::string& path, Origin origin);
    /// What the two keys of a map say, when they are there. Throws "config.not_allowed" for a file where the rules
    /// forbid it.
    void offer_keys(const MapReader& map, std::string_view password_key, std::string_view file_key,
                    const EndpointRules& rules);
    [[nodiscard]] bool given() const noexcept { return !path_.empty(); }
    [[nodiscard]] Secret take() { return std::move(password_); }

  private:
    Secret password_;
    std::string path_;
    Origin origin_ = Origin::file;
};

/// Refuses a URL's options that name files, where the rules forbid them. `path` is the key that holds the URL.
void check_url_files(const TlsOptions& tls, const std::string& path, const EndpointRules& rules);

/// The keys that name a server part by part.
[[nodiscard]] const std::vector<std::string_view>& server_keys();

/// Reads them all; `host` and `user` are required.
[[nodiscard]] Endpoint read_server_parts(const MapReader& map, const EndpointRules& rules, PasswordChoice& password);

/// How a server in a list or a map of servers (a proxy, a storage unit) is written.
struct ServerForm {
    std::uint16_t default_port = 3306;
    /// Texts beside the endpoint: members of the map, and options of the URL.
    std::vector<std::string_view> more;
    bool database = false;  ///< the map may name one too
};

struct ServerWords {
    Endpoint endpoint;
    bool has_password = false;
    std::string database;  ///< empty when none is named
    std::map<std::string, std::string> more;
};

/// A URL, or a map with `url` or the parts, and with `password` or `password_file`.
[[nodiscard]] ServerWords read_server(const Value& value, const ServerForm& form, const EndpointRules& rules);

}  // namespace transload::config
