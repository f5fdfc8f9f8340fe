#pragma once
#include <string>
#include <string_view>

/// The one place where names and values become DistSQL text. The proxy undoes quoting in four different ways, so there
/// are four here; each refuses (Error, kind usage) what its way can't carry unchanged. Values are UTF-8.
namespace transload::shardingsphere {

/// A name of the proxy's own (logical database, storage unit, rule): ASCII letters, digits and '_'; in backticks.
/// Other names are accepted by the proxy and then lost, because its watchers of ZooKeeper skip their paths.
[[nodiscard]] std::string quote_proxy_name(std::string_view name);

/// A table or column of a database, in backticks, where the proxy takes backticks off. Refused: backticks, quotes,
/// square brackets and control characters.
[[nodiscard]] std::string quote_table_name(std::string_view name);
[[nodiscard]] bool is_quotable_table_name(std::string_view name);

/// Whether MIGRATE TABLE can name this table. It knows no quoting: letters, digits, '_', not digits only, and no word of
/// DistSQL. A name with '$' would move, but the proxy does not see such tables: no check, no LOAD SINGLE TABLE.
[[nodiscard]] bool is_migratable_name(std::string_view name);
/// `name` itself when is_migratable_name().
[[nodiscard]] std::string migratable_name(std::string_view name);

/// A text of which the proxy removes [ ] ' " wherever they stand: URLs, users, passwords of source units.
/// `what` is said in the error; the text is not.
[[nodiscard]] std::string quote_stripped(std::string_view text, std::string_view what);

/// A text whose escapes the proxy resolves: the password of a target's storage unit. Carries everything that is
/// printable.
[[nodiscard]] std::string quote_escaped(std::string_view text, std::string_view what);

/// A key or value of PROPERTIES: raw between its quotes, trimmed. Refused: both kinds of quotes at once, space at
/// either end, a last backslash.
[[nodiscard]] std::string quote_property(std::string_view text);

/// A migration job's id in quotes; throws unless it has the form j0102p0000 and 32 hexadecimal digits.
[[nodiscard]] std::string quote_job_id(std::string_view id);

}  // namespace transload::shardingsphere
