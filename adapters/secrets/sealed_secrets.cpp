#include "adapters/secrets/sealed_secrets.hpp"

#include <sodium.h>

#include "adapters/secrets/key_file.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::secrets {
namespace {

constexpr char format_version = 1;
constexpr std::size_t head_bytes = 1 + crypto_secretbox_NONCEBYTES;
static_assert(key_bytes == crypto_secretbox_KEYBYTES);

const unsigned char* bytes(const char* text) {
    return reinterpret_cast<const unsigned char*>(text);
}
unsigned char* bytes(char* text) {
    return reinterpret_cast<unsigned char*>(text);
}

}  // namespace

SealedSecrets::SealedSecrets(const std::filesystem::path& state_dir) : file_(state_dir / "secret.key") {
    KeyFile opened = open_key_file(state_dir);
    key_ = std::move(opened.key);
    findings_ = std::move(opened.findings);
}

std::string SealedSecrets::seal(const Secret& secret) const {
    const std::string& plain = secret.reveal();
    std::string sealed(head_bytes + crypto_secretbox_MACBYTES + plain.size(), format_version);
    ::randombytes_buf(sealed.data() + 1, crypto_secretbox_NONCEBYTES);
    ::crypto_secretbox_easy(bytes(sealed.data() + head_bytes), bytes(plain.data()), plain.size(),
                            bytes(sealed.data() + 1), bytes(key_.reveal().data()));
    return sealed;
}

Secret SealedSecrets::open(std::string_view sealed) const {
    const auto unreadable = [this](const char* message) {
        return Error(
            ErrorKind::failed, "secrets.unreadable", file_.string(), message,
            "Restore secret.key from the backup that belongs to this state folder, or create the job anew.");
    };
    if (sealed.size() < head_bytes + crypto_secretbox_MACBYTES || sealed.front() != format_version)
        throw unreadable("a sealed password has a form that this version does not know");
    std::string plain(sealed.size() - head_bytes - crypto_secretbox_MACBYTES, '\0');
    const int result = ::crypto_secretbox_open_easy(bytes(plain.data()), bytes(sealed.data() + head_bytes),
                                                    sealed.size() - head_bytes, bytes(sealed.data() + 1),
                                                    bytes(key_.reveal().data()));
    if (result != 0) throw unreadable("a sealed password was changed, or sealed with another key");
    Secret secret(plain);
    ::sodium_memzero(plain.data(), plain.size());
    return secret;
}

}  // namespace transload::secrets
