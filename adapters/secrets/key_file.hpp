#pragma once
#include <cstddef>
#include <filesystem>

#include "orchestrator/plan/finding.hpp"
#include "orchestrator/plan/secret.hpp"

namespace transload::secrets {

inline constexpr std::size_t key_bytes = 32;

/// The key that seals what lies in a state folder: `secret.key`, 32 random bytes, mode 0600.
struct KeyFile {
    Secret key;
    Findings findings;  ///< "secrets.key_permissions" when others could read it; that has been mended then
};

/// Reads the key file of the folder, or makes it. Safe when several processes do so at once, and after a kill
/// at any point: the file appears whole or not at all. Throws Error{failed, "secrets.key_unreadable"} when it
/// can't be read, written or has another size.
[[nodiscard]] KeyFile open_key_file(const std::filesystem::path& state_dir);

}  // namespace transload::secrets
