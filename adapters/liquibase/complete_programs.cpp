#include <fmt/format.h>

#include "adapters/liquibase/complete.hpp"
#include "adapters/liquibase/session_frame.hpp"
#include "adapters/liquibase/sql_tokens.hpp"
#include "adapters/mysql/quoting.hpp"

namespace transload::liquibase {
namespace {

void require_possible(const std::string& ddl, const std::string& object) {
    if (impossible_in_xml(ddl))
        throw Error(ErrorKind::failed, "schema.text_impossible", object,
                    "the definition holds bytes that no XML file can carry (NUL, or not UTF-8)",
                    "change its text on the source, or leave it out of the job");
}

/// `{d '2024-01-01'}` in a body is MySQL's to read, but a JDBC driver would put the bare literal there. The
/// server takes the marks of a version comment away again, the driver does not know them: `{/*!d*/
/// '2024-01-01'}`.
std::string guard_escapes(const std::string& create, const std::string& sql_mode) {
    QuoteRules rules;
    rules.ansi_quotes = sql_mode.find("ANSI") != std::string::npos;
    rules.backslash_escapes = sql_mode.find("NO_BACKSLASH_ESCAPES") == std::string::npos;
    static const std::set<std::string> escapes{"D", "T", "TS", "FN", "OJ", "CALL", "ESCAPE"};
    const std::vector<Token> tokens = tokenize(create, rules);
    std::string result;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const bool opened = (i >= 1 && tokens[i - 1].is('{')) ||
                            (i >= 2 && tokens[i - 1].kind == TokenKind::space && tokens[i - 2].is('{'));
        // Where no blank follows the server would add one.
        const bool blank_follows = i + 1 < tokens.size() && tokens[i + 1].kind == TokenKind::space;
        if (opened && blank_follows && tokens[i].kind == TokenKind::word &&
            escapes.contains(upper(tokens[i].text)))
            result += "/*!" + std::string(tokens[i].text) + "*/";
        else
            result += tokens[i].text;
    }
    return result;
}

/// MariaDB shows a trigger's head as it was typed, also "shop.t1 … ON shop.orders". An expression that gives
/// the text with these qualifiers fitting the database that the file is run in; empty when there are none.
std::string unbound_trigger(const std::string& create, const std::string& own) {
    const std::vector<Token> tokens = tokenize(create);
    std::string expression, piece;
    bool in_head = true, any = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].is_word("FOR")) in_head = false;
        if (in_head && tokens[i].identifier() && tokens[i].name() == own && i + 1 < tokens.size() &&
            tokens[i + 1].is('.')) {
            expression += mysql::quote_text(piece) + ",IF(DATABASE()=" + mysql::quote_text(own) + "," +
                          mysql::quote_text(tokens[i].text) +
                          ",CONCAT('`',REPLACE(DATABASE(),'`','``'),'`')),";
            piece.clear();
            any = true;
        } else {
            piece += tokens[i].text;
        }
    }
    return any ? "CONCAT(" + expression + mysql::quote_text(piece) + ")" : std::string();
}

/// Statements that create the object in the session that it remembers.
std::vector<std::string> create_in_session(const Session& session, const SourceDatabase& database,
                                           const std::string& drop, const std::string& create,
                                           const std::string& timestamp, bool preparable, bool& exact,
                                           const std::string& expression = {}) {
    Frame frame = object_frame(session, database, create);
    std::vector<std::string> result;
    exact = frame.exact;
    if (!expression.empty() || (!frame.exact && preparable)) {
        // The driver sends utf8mb4 only; but the server prepares the bytes of a variable as they are.
        frame = object_frame(session, database, "");
        result.push_back("SET @transload_ddl=CAST(CONVERT(" +
                         (expression.empty() ? mysql::quote_text(create) : expression) + " USING " +
                         session.character_set_client + ") AS BINARY)");
        result.insert(result.end(), frame.before.begin(), frame.before.end());
        if (!drop.empty()) result.push_back(drop);
        result.insert(result.end(), {"PREPARE transload_ddl FROM @transload_ddl", "EXECUTE transload_ddl",
                                     "DEALLOCATE PREPARE transload_ddl"});
        exact = true;
    } else {
        result.insert(result.end(), frame.before.begin(), frame.before.end());
        if (!drop.empty())
            result.push_back(drop);  // in the object's sql_mode: MariaDB knows packages in ORACLE mode only
        // An event whose time is over would be refused, or be gone at once: it is created as of then.
        if (!timestamp.empty())
            result.push_back("SET TIMESTAMP=UNIX_TIMESTAMP(" + mysql::quote_text(timestamp) + ")-1");
        result.push_back(guard_escapes(create, session.sql_mode));
        if (!timestamp.empty()) result.push_back("SET TIMESTAMP=DEFAULT");
    }
    result.insert(result.end(), frame.after.begin(), frame.after.end());
    return result;
}

}  // namespace

void complete_views(const SourceDatabase& database, const CompletionContext& context, Completion& into) {
    std::map<unsigned, std::vector<ChangeSet>> levels;
    for (const SourceView& view : database.views) {
        std::string create =
            apply_definer(localise(view.create, database.name, context.names), context.spec.definers);
        require_possible(create, database.name + "." + view.name);
        if (create.starts_with("CREATE ")) create.insert(7, "OR REPLACE ");
        const unsigned level = context.view_levels.at({database.name, view.name});
        ChangeSet change;
        change.id = change_set_id("view", view.name);
        change.part = SchemaPart::post_data;
        change.stage = fmt::format("stage-{}", 1 + level);
        bool exact = true;
        const bool prepared = !object_frame(view.session, database, create).exact;
        const std::string drop =
            prepared ? "DROP VIEW IF EXISTS " + mysql::quote_name(view.name) : std::string();
        change.statements = create_in_session(view.session, database, drop, create, "", true, exact);
        levels[level].push_back(std::move(change));
    }
    for (auto& [level, changes] : levels)
        for (ChangeSet& change : changes) into.changelog.change_sets.push_back(std::move(change));
}

void complete_programs(const SourceDatabase& database, const CompletionContext& context, Completion& into) {
    const std::string& target = context.names.databases.at(database.name);
    std::vector<ChangeSet> routines, last;
    for (const SourceProgram& program : database.programs) {
        const std::string object = database.name + "." + program.name;
        const std::string create = apply_definer(program.create, context.spec.definers);
        const bool as_typed = program.kind == ProgramKind::trigger && database.version.mariadb;
        const std::string expression = as_typed ? unbound_trigger(create, database.name) : std::string();
        require_possible(create, object);
        const std::size_t body = expression.empty() ? 0
                                 : create.find("FOR EACH ROW") == std::string::npos
                                     ? create.find("for each row")
                                     : create.find("FOR EACH ROW");
        if (target != database.name &&
            mentions_database(std::string_view(create).substr(std::min(body, create.size())), database.name))
            into.findings.push_back(
                {"schema.names_source_database", Severity::warning, object,
                 fmt::format("the text of this {} names the database {}, which is called {} on the target",
                             plain_word(program.kind), database.name, target),
                 "look at the text; it is moved as it is"});
        Session session = program.session;
        std::vector<std::string> removed;
        session.sql_mode = supported_modes(session.sql_mode, database.version.mariadb, &removed);
        ChangeSet change;
        change.id = change_set_id(plain_word(program.kind), program.name);
        change.part = SchemaPart::post_data;
        const bool routine = program.kind != ProgramKind::trigger && program.kind != ProgramKind::event;
        change.stage = routine ? "stage-1" : "stage-last";
        bool exact = true;
        // MariaDB prepares every statement, MySQL no CREATE of a stored program.
        change.statements = create_in_session(
            session, database,
            "DROP " + sql_word(program.kind) + " IF EXISTS " + mysql::quote_name(program.name), create,
            program.created_at, database.version.mariadb && program.created_at.empty(), exact, expression);
        if (!exact)
            into.findings.push_back({"schema.client_charset", Severity::info, object,
                                     fmt::format("created by a client of character set {} and holding other "
                                                 "letters than ASCII: it will remember utf8mb4 "
                                                 "instead, the text and its meaning stay",
                                                 session.character_set_client),
                                     ""});
        (routine ? routines : last).push_back(std::move(change));
    }
    // Routines first, for views may call functions; then views; then what fires.
    for (ChangeSet& change : routines) into.changelog.change_sets.push_back(std::move(change));
    complete_views(database, context, into);
    for (ChangeSet& change : last) into.changelog.change_sets.push_back(std::move(change));
}

}  // namespace transload::liquibase
