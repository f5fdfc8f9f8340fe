#include "adapters/config/config_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace transload::config {
namespace {

/// Edits that turn one word into the other; two neighbours swapped count as one.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[b.size()];
}

}  // namespace

Error config_error(std::string_view id, std::string_view path, std::string_view message,
                   std::string_view remedy) {
    const std::string text = path.empty() ? std::string(message) : fmt::format("{}: {}", path, message);
    return Error(ErrorKind::usage, std::string(id), std::string(path), text, std::string(remedy));
}

std::string_view near_miss(std::string_view word, const std::vector<std::string_view>& candidates) {
    constexpr std::size_t longest = 64;  // nobody's slip, and the distance costs the product of the lengths
    std::string_view best;
    if (word.size() > longest) return best;
    std::size_t best_distance = std::max<std::size_t>(1, std::min<std::size_t>(2, word.size() / 3)) + 1;
    for (const std::string_view candidate : candidates) {
        const std::size_t edits = distance(word, candidate);
        if (edits < best_distance) {
            best = candidate;
            best_distance = edits;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
    const std::string_view meant = near_miss(word, candidates);
    return meant.empty() ? std::string{} : fmt::format(" (did you mean \"{}\"?)", meant);
}

std::string shown(std::string_view text) {
    constexpr std::size_t most = 60;
    std::string result = "\"";
    for (const char c : text.substr(0, most)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f)
            result += fmt::format("\\x{:02x}", byte);
        else if (c == '"' || c == '\\')
            (result += '\\') += c;
        else
            result += c;
    }
    return result + (text.size() > most ? "…\"" : "\"");
}

std::string alternatives(const std::vector<std::string_view>& words) {
    std::string result;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) result += i + 1 == words.size() ? " or " : ", ";
        result += words[i];
    }
    return result;
}

}  // namespace transload::config
