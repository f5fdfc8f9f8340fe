#include "adapters/mysql/binlog/statement_facts.hpp"

#include <strings.h>

#include <algorithm>
#include <set>

namespace transload::mysql::binlog {
namespace {

using Kind = StatementFacts::Kind;

class Reader {
  public:
    Reader(std::vector<SqlWord> words, std::string_view database) : words_(std::move(words)), database_(database) {}

    StatementFacts read() {
        skip_set_statement();
        if (take("BEGIN") || begins({"START", "TRANSACTION"})) return of(Kind::begin);
        if (is("XA")) return xa();
        if (take("COMMIT")) return of(Kind::commit);
        if (take("ROLLBACK")) return rollback();
        if (take("SAVEPOINT")) return savepoint(Kind::savepoint);
        if (take("CREATE")) return create();
        if (take("ALTER")) return alter();
        if (take("DROP")) return drop();
        if (take("RENAME")) return rename();
        if (take("TRUNCATE")) {
            take("TABLE");
            return names(Kind::truncate);
        }
        for (const char* word : {"INSERT", "REPLACE", "UPDATE", "DELETE", "LOAD", "WITH", "CALL", "DO", "SELECT", "HANDLER"})
            if (is(word)) return mentioned();
        return of(Kind::other);
    }

  private:
    [[nodiscard]] bool more() const { return at_ < words_.size(); }
    [[nodiscard]] bool is(std::string_view keyword, std::size_t ahead = 0) const {
        return at_ + ahead < words_.size() && words_[at_ + ahead].is(keyword);
    }
    bool take(std::string_view keyword) {
        if (!is(keyword)) return false;
        ++at_;
        return true;
    }
    [[nodiscard]] bool begins(std::initializer_list<std::string_view> keywords) const {
        std::size_t ahead = 0;
        return std::all_of(keywords.begin(), keywords.end(), [&](std::string_view word) { return is(word, ahead++); });
    }
    bool take_sign(char c) {
        if (!more() || !words_[at_].is_sign(c)) return false;
        ++at_;
        return true;
    }
    bool seek(std::string_view keyword) {
        while (more() && !is(keyword)) ++at_;
        return take(keyword);
    }
    [[nodiscard]] bool has(std::string_view keyword) const {
        return std::any_of(words_.begin() + static_cast<std::ptrdiff_t>(at_), words_.end(),
                           [&](const SqlWord& word) { return word.is(keyword); });
    }

    static StatementFacts of(Kind kind) {
        StatementFacts facts;
        facts.kind = kind;
        return facts;
    }

    /// MariaDB: SET STATEMENT a = 1, b = 2 FOR the statement itself.
    void skip_set_statement() {
        if (begins({"SET", "STATEMENT"}) && !seek("FOR")) at_ = words_.size();
    }

    /// "a", "b.a", ".a"; an empty name when none is there.
    TableName name() {
        TableName name{database_, {}};
        take_sign('.');
        if (!more() || !words_[at_].is_name()) return name;
        name.table = words_[at_++].text;
        if (take_sign('.') && more() && words_[at_].is_name()) {
            name.database = std::move(name.table);
            name.table = words_[at_++].text;
        }
        return name;
    }

    void skip_if_exists(StatementFacts& facts) {
        if (!is("IF")) return;
        ++at_;
        facts.if_not_exists = take("NOT");
        take("EXISTS");
    }

    StatementFacts names(Kind kind) {
        StatementFacts facts = of(kind);
        skip_if_exists(facts);
        do {
            facts.tables.push_back(name());
        } while (take_sign(','));
        return facts;
    }

    StatementFacts xa() {
        ++at_;
        if (is("START") || is("BEGIN")) return xa_id(Kind::xa_start);
        if (is("END")) return of(Kind::xa_end);
        if (is("COMMIT")) return xa_id(Kind::xa_commit);
        if (is("ROLLBACK")) return xa_id(Kind::xa_rollback);
        return of(Kind::other);
    }

    /// The id of an XA transaction, word by word.
    StatementFacts xa_id(Kind kind) {
        StatementFacts facts = of(kind);
        for (++at_; more(); ++at_) facts.savepoint += words_[at_].text;
        return facts;
    }

    StatementFacts savepoint(Kind kind) {
        StatementFacts facts = of(kind);
        if (more()) facts.savepoint = words_[at_].text;
        return facts;
    }

    StatementFacts rollback() {
        take("WORK");
        if (!take("TO")) return of(Kind::rollback);
        take("SAVEPOINT");
        return savepoint(Kind::rollback_to);
    }

    StatementFacts create() {
        if (begins({"OR", "REPLACE"})) at_ += 2;
        if (is("TEMPORARY")) return of(Kind::other);
        if (is("DATABASE") || is("SCHEMA")) return of(Kind::other);
        if (take("TABLE")) {
            StatementFacts facts = of(Kind::create_table);
            skip_if_exists(facts);
            facts.tables.push_back(name());
            facts.made = facts.tables;
            const std::size_t size = words_.size();
            facts.opens_transaction = size >= 2 && words_[size - 2].is("START") && words_[size - 1].is("TRANSACTION");
            return facts;
        }
        for (const char* kind : {"ONLINE", "OFFLINE", "UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR"}) take(kind);
        return take("INDEX") ? index() : of(Kind::other);
    }

    /// CREATE or DROP INDEX name … ON table.
    StatementFacts index() {
        StatementFacts facts = of(Kind::alter_table);
        if (seek("ON")) facts.tables.push_back(name());
        return facts;
    }

    StatementFacts alter() {
        take("ONLINE");
        take("IGNORE");
        if (!take("TABLE")) return of(Kind::other);
        StatementFacts facts = of(Kind::alter_table);
        skip_if_exists(facts);
        facts.tables.push_back(name());
        for (; more(); ++at_) {
            if (is("RENAME") && !is("COLUMN", 1) && !is("INDEX", 1) && !is("KEY", 1)) {
                ++at_;
                if (is("TO") || is("AS") || (more() && words_[at_].is_sign('='))) ++at_;
                facts.tables.push_back(name());
                facts.made.push_back(facts.tables.back());
                --at_;
            } else if (begins({"WITH", "TABLE"})) {  // EXCHANGE PARTITION p WITH TABLE t
                at_ += 2;
                facts.tables.push_back(name());
                --at_;
            }
        }
        return facts;
    }

    StatementFacts drop() {
        if (take("DATABASE") || take("SCHEMA")) {
            StatementFacts facts = of(Kind::drop_database);
            skip_if_exists(facts);
            if (more()) facts.tables.push_back({words_[at_].text, {}});
            return facts;
        }
        take("ONLINE");
        if (take("INDEX")) return index();
        if (is("TEMPORARY")) return of(Kind::other);
        if (take("TABLE") || take("TABLES")) return names(Kind::drop_table);
        return of(Kind::other);
    }

    StatementFacts rename() {
        if (!take("TABLE") && !take("TABLES")) return of(Kind::other);
        StatementFacts facts = of(Kind::alter_table);
        skip_if_exists(facts);
        do {
            facts.tables.push_back(name());
            if (!seek("TO")) break;
            facts.tables.push_back(name());
            facts.made.push_back(facts.tables.back());
        } while (take_sign(','));
        return facts;
    }

    /// Every name, and every pair of names with a point between.
    StatementFacts mentioned() {
        StatementFacts facts = of(Kind::dml);
        std::set<TableName> seen;
        for (std::size_t i = 0; i < words_.size(); ++i) {
            if (!words_[i].is_name()) continue;
            seen.insert({database_, words_[i].text});
            if (i + 2 < words_.size() && words_[i + 1].is_sign('.') && words_[i + 2].is_name())
                seen.insert({words_[i].text, words_[i + 2].text});
        }
        facts.tables.assign(seen.begin(), seen.end());
        return facts;
    }

    std::vector<SqlWord> words_;
    std::string database_;
    std::size_t at_ = 0;
};

}  // namespace

StatementFacts statement_facts(std::string_view sql, std::string_view default_database, SqlModes modes) {
    // The two that come with every transaction.
    StatementFacts facts;
    if (sql == "BEGIN") {
        facts.kind = Kind::begin;
        return facts;
    }
    if (sql == "COMMIT") {
        facts.kind = Kind::commit;
        return facts;
    }
    return Reader(sql_words(sql, modes), default_database).read();
}

}  // namespace transload::mysql::binlog
