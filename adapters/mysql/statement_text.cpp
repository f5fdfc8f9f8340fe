#include "adapters/mysql/statement_text.hpp"

#include <cctype>

namespace transload::mysql {

std::string without_values(std::string_view sql) {
    std::string text;
    for (std::size_t i = 0; i < sql.size() && text.size() < 100;) {
        const char c = sql[i];
        if (c == '\'' || c == '"') {
            for (++i; i < sql.size() && sql[i] != c; ++i)
                if (sql[i] == '\\') ++i;
            ++i;
            text += '?';
        } else if (std::isdigit(static_cast<unsigned char>(c)) &&
                   (text.empty() || (!std::isalnum(static_cast<unsigned char>(text.back())) && text.back() != '_' &&
                                     text.back() != '`'))) {
            while (i < sql.size() && (std::isalnum(static_cast<unsigned char>(sql[i])) || sql[i] == '.')) ++i;
            text += '?';
        } else {
            text += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
            ++i;
        }
    }
    return text;
}

}  // namespace transload::mysql
