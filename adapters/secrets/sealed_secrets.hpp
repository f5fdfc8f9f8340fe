#pragma once
#include <filesystem>

#include "orchestrator/plan/finding.hpp"
#include "orchestrator/ports/secrets.hpp"

namespace transload::secrets {

/// Secrets sealed with libsodium's secretbox (XSalsa20-Poly1305) under the key file of a state folder.
/// A sealed secret is one version byte (1), a random nonce of 24 bytes, and the box. Thread-safe.
class SealedSecrets final : public Secrets {
  public:
    /// Opens or makes the key file. Throws Error{failed, "secrets.key_unreadable"}.
    explicit SealedSecrets(const std::filesystem::path& state_dir);

    [[nodiscard]] std::string seal(const Secret& secret) const override;
    [[nodiscard]] Secret open(std::string_view sealed) const override;

    /// What was found wrong, and mended, with the key file.
    [[nodiscard]] const Findings& findings() const noexcept { return findings_; }

  private:
    Secret key_;
    Findings findings_;
    std::filesystem::path file_;
};

}  // namespace transload::secrets
