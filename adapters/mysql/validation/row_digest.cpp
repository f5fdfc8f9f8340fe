#include "adapters/mysql/validation/row_digest.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>

namespace transload::mysql::validation {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

/// SHA-256 that is set up once per thread: a row is often shorter than the set-up.
class Sha256 {
  public:
    Sha256() : context_(EVP_MD_CTX_new()) {
        if (!context_) throw std::bad_alloc();
    }
    void begin() { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
    void add(const void* data, std::size_t size) { EVP_DigestUpdate(context_.get(), data, size); }
    RowDigest end() {
        unsigned char full[EVP_MAX_MD_SIZE];
        EVP_DigestFinal_ex(context_.get(), full, nullptr);
        RowDigest digest;
        std::copy_n(full, digest.size(), digest.begin());
        return digest;
    }

  private:
    std::unique_ptr<EVP_MD_CTX, FreeContext> context_;
};

}  // namespace

RowDigest digest_from_hex(std::string_view hex) {
    RowDigest digest{};
    if (hex.size() == 2 * digest.size()) {
        bool good = true;
        for (std::size_t i = 0; i < digest.size(); ++i) {
            const int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);
            good = good && high >= 0 && low >= 0;
            digest[i] = static_cast<unsigned char>((high << 4 | low) & 0xff);
        }
        if (good) return digest;
    }
    throw Error(ErrorKind::failed, "validation.no_digest", "", "the server gave no digest of a row",
                "raise max_allowed_packet on both servers to 64M or more, then validate again");
}

std::string to_hex(const RowDigest& digest) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : digest) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string normal_json(std::string_view text) {
    const auto parsed = nlohmann::json::parse(text, nullptr, false);
    if (parsed.is_discarded()) return std::string(text);
    return parsed.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

RowDigest digest_of_values(const ComparedTable& table, RowView values) {
    thread_local Sha256 hash;
    hash.begin();
    const auto add = [](std::string_view bytes) {
        const std::uint64_t size = bytes.size();
        hash.add(&size, sizeof size);
        hash.add(bytes.data(), bytes.size());
    };
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i].null()) {
            constexpr std::uint64_t null_mark = ~0ULL;  // no value is as long
            hash.add(&null_mark, sizeof null_mark);
        } else if (table.columns[i].parse_as_json) {
            add(normal_json(values[i].view()));
        } else {
            add(values[i].view());
        }
    }
    return hash.end();
}

}  // namespace transload::mysql::validation
