#pragma once
#include <filesystem>

#include "orchestrator/plan/error.hpp"

namespace SQLite {
class Exception;
}

namespace transload::sqlite {

/// What a user reads when the store fails: "store.full", "store.read_only", "store.corrupt", "store.busy",
/// "store.unavailable" or "store.io", with the file as object.
[[nodiscard]] Error store_error(const SQLite::Exception& error, const std::filesystem::path& file);

}  // namespace transload::sqlite
