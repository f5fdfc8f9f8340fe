#include "adapters/mysql/write_gate/programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "adapters/mysql/binlog/change_reader.hpp"
#include "adapters/mysql/quoting.hpp"
#include "adapters/mysql/write_gate/rights.hpp"
#include "orchestrator/plan/selection.hpp"

namespace transload::mysql {
namespace {

using Json = nlohmann::json;

using Trigger = SetAsideTrigger;
using Event = SetAsideEvent;
using Programs = SetAside;

/// The place among the others changes while they go one by one.
bool same(const Trigger& a, const Trigger& b) {
    const auto facts = [](const Trigger& one) {
        return std::tie(one.name, one.table, one.create, one.definer, one.sql_mode, one.client, one.connection, one.database_collation);
    };
    return facts(a) == facts(b);
}
bool same(const Event& a, const Event& b) {
    const auto facts = [](const Event& one) {
        return std::tie(one.name, one.create, one.definer, one.sql_mode, one.time_zone, one.client, one.connection,
                        one.database_collation);
    };
    return facts(a) == facts(b);
}

bool empty(const Programs& programs) { return programs.triggers.empty() && programs.events.empty(); }

[[noreturn]] void refuse(const TableName& program, const std::string& why, const std::string& remedy) {
    throw Error(ErrorKind::refused, "cutover.program", program.display(),
                "it is to be set aside while the source is kept as the way back, and could not be made again as it is: " + why,
                remedy + ", or migrate without cutover.reverse");
}

/// The session sends UTF-8: other bytes than ASCII would be another text under another character set.
bool survives(const std::string& text, const std::string& client) {
    return client.starts_with("utf8") ||
           std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Whether what could not be made again exactly is refused. Not when things are put back: what somebody has made meanwhile
/// is left alone.
enum class Repeatable { required, as_it_may };

template <class Program>
void require_repeatable(const Program& program, const std::string& text, const std::string& collation, Repeatable wanted) {
    if (wanted == Repeatable::as_it_may) return;
    if (program.database_collation != collation)
        refuse(program.name, "its database's default collation was another when it was created", "create it anew");
    if (!survives(text, program.client))
        refuse(program.name, "its text is in the character set " + program.client, "create it anew in utf8mb4");
}

std::optional<Trigger> read_trigger(Connection& source, Trigger trigger, const std::string& collation, Repeatable wanted) {
    constexpr unsigned no_such_trigger = 1360;
    Result shown;
    try {
        shown = source.query("SHOW CREATE TRIGGER " + quote_name(trigger.name));
    } catch (const ServerError& error) {
        if (error.code() == no_such_trigger) return std::nullopt;
        throw;
    }
    const auto field = [&](std::string_view column) { return shown.rows.at(0).at(shown.column(column)).value_or(""); };
    trigger.create = field("SQL Original Statement");
    trigger.sql_mode = field("sql_mode");
    trigger.client = field("character_set_client");
    trigger.connection = field("collation_connection");
    trigger.database_collation = field("Database Collation");
    if (trigger.create.empty() && wanted == Repeatable::required)
        refuse(trigger.name, "its text can't be read", "GRANT TRIGGER on the database to the account");
    require_repeatable(trigger, trigger.create, collation, wanted);
    return trigger;
}

std::string default_collation(Connection& source, const std::string& database) {
    return source
        .scalar("SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = " + quote_text(database))
        .value_or("");
}

void read_triggers(Connection& source, const JobSpec& spec, const std::string& database, Repeatable wanted, Programs& into) {
    const std::string collation = default_collation(source, database);
    const Result names = source.query(
        "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, DEFINER, CONCAT_WS(' ', ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = " + quote_text(database) +
        " ORDER BY EVENT_OBJECT_TABLE, EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORDER, TRIGGER_NAME");
    for (const Row& row : names.rows) {
        const std::string table = row.at(1).value_or("");
        if (!selects(spec.tables, database, table)) continue;
        Trigger trigger;
        trigger.name = {database, row.at(0).value_or("")};
        trigger.table = table;
        trigger.definer = row.at(2).value_or("");
        trigger.order = row.at(3).value_or("");
        if (auto read = read_trigger(source, std::move(trigger), collation, wanted)) into.triggers.push_back(std::move(*read));
    }
}

std::optional<Event> read_event(Connection& source, TableName name, std::string definer, Repeatable wanted) {
    constexpr unsigned no_such_event = 1539;
    try {
        const Result shown = source.query("SHOW CREATE EVENT " + quote_name(name));
        const auto field = [&](std::string_view column) { return shown.rows.at(0).at(shown.column(column)).value_or(""); };
        Event event{std::move(name), std::move(definer), field("Create Event"), field("sql_mode"), field("time_zone"),
                    field("character_set_client"), field("collation_connection"), field("Database Collation")};
        // Of its text only the name is sent.
        require_repeatable(event, event.name.display() + event.definer, default_collation(source, event.name.database), wanted);
        return event;
    } catch (const ServerError& error) {
        if (error.code() == no_such_event) return std::nullopt;
        throw;
    }
}

Programs read(Connection& source, const JobSpec& spec, Repeatable wanted) {
    Programs programs;
    for (const DatabaseMapping& mapping : spec.databases) {
        read_triggers(source, spec, mapping.source, wanted, programs);
        for (const Row& row : source
                                  .query("SELECT EVENT_NAME, DEFINER FROM information_schema.EVENTS WHERE STATUS = 'ENABLED' AND "
                                         "EVENT_SCHEMA = " + quote_text(mapping.source) + " ORDER BY EVENT_NAME")
                                  .rows)
            if (auto event = read_event(source, {mapping.source, row.at(0).value_or("")}, row.at(1).value_or(""), wanted))
                programs.events.push_back(std::move(*event));
    }
    return programs;
}

std::string to_text(const Programs& programs) {
    Json triggers = Json::array(), events = Json::array();
    for (const Trigger& trigger : programs.triggers)
        triggers.push_back({{"database", trigger.name.database}, {"name", trigger.name.table}, {"table", trigger.table},
                            {"order", trigger.order}, {"create", trigger.create}, {"definer", trigger.definer},
                            {"sql_mode", trigger.sql_mode}, {"client", trigger.client}, {"connection", trigger.connection},
                            {"database_collation", trigger.database_collation}});
    for (const Event& event : programs.events)
        events.push_back({{"database", event.name.database}, {"name", event.name.table}, {"definer", event.definer},
                          {"create", event.create}, {"sql_mode", event.sql_mode}, {"time_zone", event.time_zone},
                          {"client", event.client}, {"connection", event.connection},
                          {"database_collation", event.database_collation}});
    return Json{{"triggers", std::move(triggers)}, {"events", std::move(events)}}.dump();
}

template <class T>
bool has(const std::vector<T>& list, const T& one) {
    return std::any_of(list.begin(), list.end(), [&](const T& other) { return same(other, one); });
}

template <class T>
void require_known(const std::vector<T>& found, const std::vector<T>& saved) {
    for (const T& one : found)
        if (!has(saved, one))
            throw Error(ErrorKind::transient, "cutover.programs_changed", one.name.display(),
                        "a trigger or event of the source was created or altered while the cutover was prepared",
                        "none: the cutover is tried again with it");
}

std::string marked(const std::string& statement) { return statement + " " + std::string(binlog::own_statement); }

/// The session as the program remembers its own.
template <class Program>
void use_session(Connection& source, const Program& program) {
    source.execute("USE " + quote_name(program.name.database));
    source.execute(fmt::format("SET SESSION sql_mode = {}, character_set_client = {}, collation_connection = {}",
                               quote_text(program.sql_mode), quote_text(program.client), quote_text(program.connection)));
}

void use_own_session(Connection& source) {
    source.execute("SET NAMES utf8mb4, SESSION sql_mode = '', SESSION time_zone = '+00:00'");
}

void drop(Connection& source, const Trigger& trigger) {
    source.execute(marked("DROP TRIGGER IF EXISTS " + quote_name(trigger.name)));
}

void use_time_zone(Connection& source, const Event& event) {
    source.execute("SET SESSION time_zone = " + quote_text(event.time_zone));
}

void switch_event(Connection& source, const Event& event, const char* state) {
    use_session(source, event);
    use_time_zone(source, event);
    const std::size_t at = event.definer.rfind('@');
    source.execute(marked(fmt::format("ALTER DEFINER = {}@{} EVENT {} {}", quote_name(event.definer.substr(0, at)),
                                      quote_name(event.definer.substr(at + 1)), quote_name(event.name), state)));
}

void create(Connection& source, const Trigger& trigger) {
    use_session(source, trigger);
    source.execute(trigger.create);
}

bool is_named(const std::vector<Trigger>& list, const Trigger& one) {
    return std::any_of(list.begin(), list.end(), [&](const Trigger& other) { return other.name == one.name; });
}

/// Returns what was created. A trigger that somebody has made under an old name meanwhile stays as it is.
std::vector<Trigger> create_missing(Connection& source, const Programs& saved, const Programs& present) {
    // All of a table or none: they are created in the order in which they act.
    std::set<std::pair<std::string, std::string>> torn;
    for (const Trigger& trigger : saved.triggers)
        if (!is_named(present.triggers, trigger)) torn.emplace(trigger.name.database, trigger.table);
    std::vector<Trigger> created;
    for (const Trigger& trigger : saved.triggers) {
        const bool there = is_named(present.triggers, trigger);
        if (!torn.contains({trigger.name.database, trigger.table}) || (there && !has(present.triggers, trigger))) continue;
        if (there) drop(source, trigger);
        created.push_back(trigger);
    }
    for (const Trigger& trigger : created) create(source, trigger);
    use_own_session(source);
    return created;
}

/// One whose last time passed meanwhile ran on the other server, and what it did there came back. MySQL would run it again
/// at once, MariaDB refuse.
bool enable(Connection& source, const Event& event, RunControl& control) {
    use_time_zone(source, event);  // its times are told in it
    const auto passed = source.scalar("SELECT COALESCE(EXECUTE_AT, ENDS) <= NOW() FROM information_schema.EVENTS WHERE EVENT_SCHEMA = " +
                                      quote_text(event.name.database) + " AND EVENT_NAME = " + quote_text(event.name.table));
    if (passed.value_or("0") != "1") {
        switch_event(source, event, "ENABLE");
        return true;
    }
    control.event(Severity::warning, "cutover", event.name.display(),
                  "the event's time has passed while it was set aside: it stays disabled, and is dropped or altered by hand");
    return false;
}

std::size_t enable_events(Connection& source, const Programs& saved, RunControl& control) {
    std::size_t enabled = 0;
    for (const Event& event : saved.events)
        // One that somebody has dropped meanwhile stays so.
        if (source
                .scalar("SELECT COUNT(*) FROM information_schema.EVENTS WHERE STATUS = 'DISABLED' AND EVENT_SCHEMA = " +
                        quote_text(event.name.database) + " AND EVENT_NAME = " + quote_text(event.name.table))
                .value_or("0") != "0") {
            if (enable(source, event, control)) ++enabled;
            use_own_session(source);
        }
    return enabled;
}

/// Objects in another account's name take a right of their own.
void require_definers(Connection& source, const std::vector<std::pair<TableName, std::string>>& definers) {
    const std::string own = own_account(source).display();
    if (std::all_of(definers.begin(), definers.end(), [&](const auto& one) { return one.second == own; }) ||
        has_global(own_grants(source), {"SUPER", "SET_USER_ID", "SET_ANY_DEFINER", "SET USER"}))
        return;
    const bool newest = !source.version().mariadb && source.version().at_least(8, 2);
    throw Error(ErrorKind::refused, "cutover.no_privilege", source.endpoint().label(),
                fmt::format("{} and others belong to other accounts: the account may not create them again after they were "
                            "set aside for the way back",
                            definers.front().first.display()),
                fmt::format("GRANT {} ON *.* TO {}",
                            source.version().mariadb ? "SET USER" : newest ? "SET_ANY_DEFINER" : "SET_USER_ID",
                            own_account(source).quoted()));
}

/// With a binary log servers ask more of who creates a trigger.
void require_trust(Connection& source) {
    if (source.scalar("SELECT @@GLOBAL.log_bin").value_or("0") != "1" ||
        source.scalar("SELECT @@GLOBAL.log_bin_trust_function_creators").value_or("0") == "1" ||
        has_global(own_grants(source), {"SUPER"}))
        return;
    throw Error(ErrorKind::refused, "cutover.no_privilege", source.endpoint().label(),
                "the source's triggers are to be set aside for the way back, and the account may not create them again: the "
                "server writes a binary log and does not trust who creates triggers",
                "SET GLOBAL log_bin_trust_function_creators = ON on the source, or grant SUPER");
}

}  // namespace

SetAside set_aside_from(const std::string& saved) {
    SetAside programs;
    const Json document = Json::parse(saved);
    const auto word = [](const Json& object, const char* member) { return object.at(member).get<std::string>(); };
    for (const Json& one : document.at("triggers"))
        programs.triggers.push_back({{word(one, "database"), word(one, "name")}, word(one, "table"), word(one, "order"),
                                     word(one, "create"), word(one, "definer"), word(one, "sql_mode"), word(one, "client"),
                                     word(one, "connection"), word(one, "database_collation")});
    for (const Json& one : document.at("events"))
        programs.events.push_back({{word(one, "database"), word(one, "name")}, word(one, "definer"), word(one, "create"),
                                   word(one, "sql_mode"), word(one, "time_zone"), word(one, "client"), word(one, "connection"),
                                   word(one, "database_collation")});
    return programs;
}

std::string programs_of(Connection& source, const JobSpec& spec) {
    const Programs programs = read(source, spec, Repeatable::required);
    if (empty(programs)) return "";
    std::vector<std::pair<TableName, std::string>> definers;
    for (const Trigger& trigger : programs.triggers) definers.emplace_back(trigger.name, trigger.definer);
    for (const Event& event : programs.events) definers.emplace_back(event.name, event.definer);
    require_definers(source, definers);
    if (!programs.triggers.empty()) require_trust(source);
    return to_text(programs);
}

void set_programs_aside(Connection& source, const JobSpec& spec, const std::string& saved, RunControl& control) {
    const Programs wanted = saved.empty() ? Programs{} : set_aside_from(saved);
    const Programs present = read(source, spec, Repeatable::required);
    // Nothing is changed before all of it is known.
    require_known(present.triggers, wanted.triggers);
    require_known(present.events, wanted.events);
    if (empty(present)) return;
    source.execute("SET SESSION lock_wait_timeout = 5");  // writers wait
    for (const Trigger& trigger : present.triggers) drop(source, trigger);
    for (const Event& event : present.events) switch_event(source, event, "DISABLE");
    use_own_session(source);
    control.event(Severity::info, "cutover", "source",
                  fmt::format("{} triggers and {} events are set aside while the source is kept as the way back",
                              present.triggers.size(), present.events.size()));
}

void put_programs_back(Connection& source, const JobSpec& spec, const std::string& saved, RunControl& control) {
    if (saved.empty()) return;
    const Programs wanted = set_aside_from(saved);
    Programs present = read(source, spec, Repeatable::as_it_may);
    source.execute("SET SESSION lock_wait_timeout = 30");
    const std::vector<Trigger> created = create_missing(source, wanted, present);
    const std::size_t enabled = enable_events(source, wanted, control);
    if (created.empty() && enabled == 0) return;
    present = read(source, spec, Repeatable::as_it_may);
    for (const Trigger& trigger : created)
        if (!has(present.triggers, trigger))
            throw Error(ErrorKind::failed, "cutover.programs_not_restored", trigger.name.display(),
                        "the trigger was set aside for the way back and is not again as it was",
                        "compare it with `programs` in the job's report, create it by hand, and retry");
    control.event(Severity::info, "cutover", "source",
                  fmt::format("{} triggers and {} events that were set aside are back", created.size(), enabled));
}

}  // namespace transload::mysql
