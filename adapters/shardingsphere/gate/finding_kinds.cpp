#include "adapters/shardingsphere/gate/finding_kinds.hpp"

#include <fmt/format.h>

#include "adapters/shardingsphere/gate/type_rules.hpp"

namespace transload::shardingsphere {
namespace {

std::string cell(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '|') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string_view severities(Weight weight) {
    switch (weight) {
        case Weight::table:
        case Weight::job:
            return "error (info)";
        case Weight::sharding:
            return "error";
        case Weight::left_out:
            return "error (warning)";
        case Weight::warning:
            return "warning";
    }
    return "";
}

Severity severity_of(Weight weight, bool native_instead, bool leave_out_unsupported) {
    switch (weight) {
        case Weight::table:
        case Weight::job:
            return native_instead ? Severity::info : Severity::error;
        case Weight::sharding:
            return Severity::error;
        case Weight::left_out:
            return leave_out_unsupported ? Severity::warning : Severity::error;
        case Weight::warning:
            return Severity::warning;
    }
    return Severity::error;
}

constexpr std::string_view introduction = R"(# The gate of the ShardingSphere engine: every finding

ShardingSphere-Proxy 5.5.2 loses rows without an error where a table has what its migration does not carry. So each table
is judged before a job starts. With `engine: shardingsphere` a table that can't be carried safely is an error and refuses
the job; with `engine: auto` it goes to the native engine in the same job, and an info says why. A table with a sharding
rule has no other way: it is always an error. With `engine: native`, and with `auto` where the job names neither proxies
nor a sharded target, nothing is asked. A finding about the source, the target or a proxy as a whole is for all tables.

A source is **live** unless it is read-only (`super_read_only` or `read_only`) when the gate looks and the job has no
cutover. What only live changes would lose does not matter for a source at rest. Where the rows themselves decide, they
are asked: keys for their ends, the rest in one scan of the table that gives up after a minute (`data_unread`).

This page is generated from the tables in the code; a test keeps it up to date.
)";

constexpr std::string_view types_introduction = R"(
## Types

Measured on a real ShardingSphere-Proxy 5.5.2 with Connector/J 8.3.0 and MySQL 8.0.15 on both sides: rows that were there
before (inventory), and INSERT, UPDATE of the value, UPDATE of another column and DELETE while the migration followed
(live); then both sides compared value by value.

| type | inventory | live | what the gate makes of it |
| --- | --- | --- | --- |
)";

constexpr std::string_view sharding_columns = R"(
## Sharding columns

Measured over 2 databases with 2 tables each, the same way, and by asking the proxy for the rows by their sharding column:

| column | `hash_mod` | `mod` |
| --- | --- | --- |
| INT, also negative; INT UNSIGNED up to 2^32-1; TINYINT(1); BIGINT from 0 | same | not tried |
| BIGINT below 0 | same rows, but **queries by the column do not find them** | same rows |
| BIGINT UNSIGNED | **updates and deletes of odd numbers are lost, queries do not find them** | same rows |
| VARCHAR in utf8mb4 | same | refused: not a number |
| other types | not tried, refused | not tried, refused |
)";

constexpr std::string_view neighbours = R"(
## Neighbours

The proxy decodes the rows of *all* tables of the source server and only then looks whether it wants them. Where that
fails it logs an exception and goes on, but at what place it goes on is left to chance. Measured with 1000 rows each in a
table that is migrated and in one that is not, 20 of each per transaction:

| values in the other table | rows that were lost from the migrated table |
| --- | --- |
| integers, text, BLOB, plain JSON objects | none |
| JSON `true`, JSON with a DECIMAL, TIME of 24:00:00, TIME -12:00:00, TIME(3) 00:00:00, POINT, DATE 2024-00-10, DATETIME 2024-00-10, DATE 2024-02-31 | all 1000; the migration's status stayed EXECUTE_INCREMENTAL_TASK, without an error |
| SET of 9 members, one row per transaction | 198 of 200, without an error; with another value 12 of 200, and the stream went on |

So a live source is watched for a few seconds: a table that ShardingSphere does not carry, that has such values and that is
being written keeps the whole job from ShardingSphere (`neighbour`). One that could get such values is a warning
(`neighbour_idle`): the drain before a cutover proves that the stream still arrives, and check and validation look at
every row.
)";

}  // namespace

Finding finding_of(const Reason& reason, bool native_instead, bool leave_out_unsupported) {
    const GateKind& kind = reason.id.kind();
    return {std::string(kind.id), severity_of(kind.weight, native_instead, leave_out_unsupported),
            reason.object, reason.message, reason.remedy.empty() ? std::string(kind.remedy) : reason.remedy};
}

std::string gate_markdown() {
    std::string page(introduction);
    page += fmt::format(
        "\n## Findings\n\n{} findings. In brackets: the severity when the native engine does it instead, "
        "or when `leave_out_unsupported` is set.\n\n| id | severity | when | remedy |\n| --- | --- | --- "
        "| --- |\n",
        gate_table::kinds.size());
    for (const GateKind& kind : gate_table::kinds)
        page += fmt::format("| `{}` | {} | {} | {} |\n", kind.id, severities(kind.weight), cell(kind.when),
                            cell(kind.remedy));
    page += types_introduction;
    for (const MeasuredType& type : measured_types())
        page += fmt::format("| {} | {} | {} | {} |\n", cell(type.type), cell(type.inventory), cell(type.live),
                            cell(type.gate));
    page += sharding_columns;
    page += neighbours;
    return page;
}

}  // namespace transload::shardingsphere
