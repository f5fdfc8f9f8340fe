#include "adapters/mysql/binlog/sql_words.hpp"

#include <strings.h>

#include <algorithm>
#include <cctype>

namespace transload::mysql::binlog {
namespace {

using Kind = SqlWord::Kind;

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || c == '_' || c == '$' || byte >= 0x80;
}

class Cutter {
  public:
    Cutter(std::string_view sql, SqlModes modes) : sql_(sql), modes_(modes) {}

    bool next(SqlWord& word) {
        while (skip_blank()) {
        }
        if (at_ >= sql_.size()) return false;
        const char c = sql_[at_];
        word.text.clear();
        if (c == '`' || c == '\'' || c == '"') {
            word.kind = c == '`' || (c == '"' && modes_.ansi_quotes) ? Kind::name : Kind::text;
            quoted(c, word);
        } else if (is_word(c)) {
            word.kind = Kind::word;
            const std::size_t begin = at_;
            while (at_ < sql_.size() && is_word(sql_[at_])) ++at_;
            word.text = sql_.substr(begin, at_ - begin);
        } else {
            word.kind = Kind::sign;
            word.text = c;
            ++at_;
        }
        return true;
    }

  private:
    [[nodiscard]] bool here(std::string_view text) const { return sql_.substr(at_).starts_with(text); }

    void skip_to_behind(std::string_view end) {
        const std::size_t found = sql_.find(end, at_);
        at_ = found == std::string_view::npos ? sql_.size() : found + end.size();
    }

    /// Skips one stretch of blanks or one comment; false when there is none.
    bool skip_blank() {
        if (at_ >= sql_.size()) return false;
        if (is_space(sql_[at_]) || sql_[at_] == '\0') {
            ++at_;
            return true;
        }
        if (sql_[at_] == '#' || (here("--") && (at_ + 2 == sql_.size() || is_space(sql_[at_ + 2])))) {
            skip_to_behind("\n");
            return true;
        }
        if (here("/*!") || here("/*M!")) {
            at_ += here("/*!") ? 3 : 4;
            while (at_ < sql_.size() && is_digit(sql_[at_])) ++at_;
            ++open_comments_;
            return true;
        }
        if (open_comments_ > 0 && here("*/")) {
            at_ += 2;
            --open_comments_;
            return true;
        }
        if (here("/*")) {
            at_ += 2;
            skip_to_behind("*/");
            return true;
        }
        return false;
    }

    void quoted(char quote, SqlWord& word) {
        const bool escapes = quote != '`' && word.kind == Kind::text && !modes_.no_backslash_escapes;
        for (++at_; at_ < sql_.size(); ++at_) {
            const char c = sql_[at_];
            if (c == quote) {
                if (at_ + 1 >= sql_.size() || sql_[at_ + 1] != quote) {
                    ++at_;
                    return;
                }
                ++at_;  // a doubled quote stands for one
            } else if (c == '\\' && escapes && at_ + 1 < sql_.size()) {
                ++at_;
            }
            word.text += sql_[at_];
        }
    }

    std::string_view sql_;
    SqlModes modes_;
    std::size_t at_ = 0;
    unsigned open_comments_ = 0;
};

}  // namespace

bool SqlWord::is(std::string_view keyword) const {
    return kind == Kind::word && text.size() == keyword.size() &&
           strncasecmp(text.data(), keyword.data(), keyword.size()) == 0;
}

std::vector<SqlWord> sql_words(std::string_view sql, SqlModes modes, std::size_t limit) {
    std::vector<SqlWord> words;
    Cutter cutter(sql, modes);
    SqlWord word;
    while (words.size() < limit && cutter.next(word)) words.push_back(word);
    return words;
}

}  // namespace transload::mysql::binlog
