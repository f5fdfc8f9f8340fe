#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "orchestrator/plan/secret.hpp"

namespace transload {

enum class TlsMode { disabled, preferred, required, verify_ca, verify_full };

struct TlsOptions {
    TlsMode mode = TlsMode::preferred;
    std::string ca;    ///< PEM file
    std::string cert;  ///< PEM file of the client certificate
    std::string key;   ///< PEM file of the client key
};

/// A database server and how to log in. The databases that move are the job's business (JobSpec::databases).
struct Endpoint {
    std::string scheme = "mysql";
    std::string host = "127.0.0.1";
    std::uint16_t port = 3306;
    std::string user;
    Secret password;
    TlsOptions tls;
    std::chrono::milliseconds connect_timeout{10'000};

    /// "user@host:port", for messages; never holds the password.
    [[nodiscard]] std::string label() const { return user + "@" + host + ":" + std::to_string(port); }
};

}  // namespace transload
