#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>

#include "adapters/sqlite/store_error.hpp"

namespace transload::sqlite {

/// How long a call waits for another program that holds the store locked.
inline constexpr int busy_milliseconds = 10'000;

/// Opens the store's file, makes it when absent, checks it and brings it to the newest schema.
/// Throws Error "store.newer" when a newer Transload wrote it, else as store_error().
[[nodiscard]] SQLite::Database open_database(const std::filesystem::path& file);

/// Runs an act on the database; SQLite's errors come out as store_error().
template <class Act>
auto guarded(const std::filesystem::path& file, Act act) {
    try {
        return act();
    } catch (const SQLite::Exception& error) {
        throw store_error(error, file);
    }
}

}  // namespace transload::sqlite
