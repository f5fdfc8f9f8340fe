#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/error.hpp"
#include "orchestrator/ports/schema_tool.hpp"

/// The schema changelog as a value, and its bytes. Format: docs/schema.md.
namespace transload::liquibase {

/// When a changeSet of post-data may run in a job of several databases; all of one stage in every file come
/// before the next stage of any.
struct Stage {
    static constexpr unsigned base = 1;      ///< indexes, foreign keys, routines
    static constexpr unsigned views = 2;     ///< and up: one stage for each level of views
    static constexpr unsigned programs = 0;  ///< "last": triggers and events
};

/// Who brings a changeSet about. Others than Liquibase only in jobs with a sharded target.
enum class Carrier {
    liquibase,
    proxy,   ///< ShardingSphere-Proxy, on all shards: label "sharded", recorded by changelog-sync
    nobody,  ///< it can't exist over shards: label "left-out", in the file for the record
};

struct ChangeSet {
    std::string id;  ///< "table:orders": from kind and name, never from a clock
    SchemaPart part = SchemaPart::pre_data;
    std::string stage;                ///< label of a post-data stage: "stage-1", "stage-last"
    Carrier carrier = Carrier::liquibase;
    std::string comment;              ///< what a reader should know; may be empty
    std::vector<std::string> unless;  ///< queries: the changeSet is marked as run where one does not give 0
    std::vector<std::string> statements;  ///< native SQL, each sent as it is
    std::string generated;                ///< or: a change as Liquibase generated it, XML
};

struct Changelog {
    std::string logical_path;  ///< identity of the file in Liquibase's records, whatever its folder
    std::vector<ChangeSet> change_sets;
};

/// True for what acts by itself once it is there: triggers and events, which come last.
[[nodiscard]] bool acts(const ChangeSet& change);

/// Id of an object's changeSet: ASCII only, stable, at most 200 bytes.
[[nodiscard]] std::string change_set_id(std::string_view kind, std::string_view name);

/// File name (without folder) of a database's changelog, for any database name.
[[nodiscard]] std::string changelog_file_name(std::string_view database);

/// True when XML 1.1 can't carry the text at all (a NUL byte, or bytes that are not UTF-8).
[[nodiscard]] bool impossible_in_xml(std::string_view text);

/// The file's bytes.
[[nodiscard]] std::string to_xml(const Changelog& changelog);

/// Writes through a temporary file and rename; an equal file is left alone.
void write_file(const std::filesystem::path& file, const std::string& bytes);

/// A saved changelog, as far as Transload wrote it. Throws Error "schema.changelog_unreadable".
[[nodiscard]] Changelog read_changelog(const std::filesystem::path& file);

}  // namespace transload::liquibase
