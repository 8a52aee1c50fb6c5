#include "secret_formats.hpp"

#include "byte_runs.hpp"
#include "secret_structures.hpp"
#include "secret_values.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tk::review {
namespace {

struct Format {
    std::string_view prefix;
    Charset charset;
    std::uint16_t least;  // of the bytes after the prefix
    std::uint16_t most;   // 0: open
    std::string_view rule;
    std::string_view what;
    Severity severity = Severity::critical;
};

constexpr std::array kFormats{
    Format{"AKIA", Charset::upper, 16, 16, "aws-access-key", "AWS access key id"},
    Format{"ASIA", Charset::upper, 16, 16, "aws-access-key", "AWS temporary access key id"},
    Format{"ABIA", Charset::upper, 16, 16, "aws-access-key", "AWS bearer token id"},
    Format{"ghp_", Charset::alnum, 36, 36, "github-token", "GitHub personal access token"},
    Format{"gho_", Charset::alnum, 36, 36, "github-token", "GitHub OAuth token"},
    Format{"ghu_", Charset::alnum, 36, 36, "github-token", "GitHub user-to-server token"},
    Format{"ghs_", Charset::alnum, 36, 36, "github-token", "GitHub server token"},
    Format{"ghr_", Charset::alnum, 36, 76, "github-token", "GitHub refresh token"},
    Format{"github_pat_", Charset::word, 40, 100, "github-token", "GitHub fine-grained token"},
    Format{"glpat-", Charset::dotted, 20, 64, "gitlab-token", "GitLab personal access token"},
    Format{"gldt-", Charset::url64, 20, 40, "gitlab-token", "GitLab deploy token"},
    Format{"glrt-", Charset::dotted, 20, 64, "gitlab-token", "GitLab runner token"},
    Format{"glptt-", Charset::hex, 40, 40, "gitlab-token", "GitLab trigger token"},
    Format{"xoxa-", Charset::url64, 20, 255, "slack-token", "Slack token"},
    Format{"xoxb-", Charset::url64, 20, 255, "slack-token", "Slack bot token"},
    Format{"xoxp-", Charset::url64, 20, 255, "slack-token", "Slack user token"},
    Format{"xoxr-", Charset::url64, 20, 255, "slack-token", "Slack refresh token"},
    Format{"xoxs-", Charset::url64, 20, 255, "slack-token", "Slack session token"},
    Format{"xoxe-", Charset::url64, 20, 255, "slack-token", "Slack refresh token"},
    Format{"xapp-", Charset::url64, 20, 255, "slack-token", "Slack app token"},
    Format{"sk_live_", Charset::alnum, 16, 255, "stripe-key", "Stripe live secret key"},
    Format{"rk_live_", Charset::alnum, 16, 255, "stripe-key", "Stripe live restricted key"},
    Format{"sk_test_", Charset::alnum, 16, 255, "stripe-test-key", "Stripe test key",
           Severity::low},
    Format{"rk_test_", Charset::alnum, 16, 255, "stripe-test-key", "Stripe test key",
           Severity::low},
    Format{"whsec_", Charset::base64, 24, 80, "webhook-secret", "webhook signing secret"},
    Format{"AIza", Charset::url64, 35, 35, "google-api-key", "Google API key"},
    Format{"ya29.", Charset::url64, 20, 0, "google-oauth-token", "Google OAuth access token"},
    Format{"GOCSPX-", Charset::url64, 28, 28, "google-oauth-secret", "Google OAuth secret"},
    Format{"sk-ant-", Charset::url64, 24, 255, "anthropic-key", "Anthropic API key"},
    Format{"sk-proj-", Charset::url64, 20, 255, "openai-key", "OpenAI project key"},
    Format{"sk-svcacct-", Charset::url64, 20, 255, "openai-key", "OpenAI service key"},
    Format{"sk-admin-", Charset::url64, 20, 255, "openai-key", "OpenAI admin key"},
    Format{"sk-or-v1-", Charset::hex, 64, 64, "openrouter-key", "OpenRouter API key"},
    Format{"sk-", Charset::alnum, 32, 64, "openai-key", "OpenAI API key"},
    Format{"npm_", Charset::alnum, 36, 36, "npm-token", "npm access token"},
    Format{"pypi-AgE", Charset::url64, 40, 0, "pypi-token", "PyPI upload token"},
    Format{"rubygems_", Charset::hex, 48, 48, "rubygems-key", "RubyGems API key"},
    Format{"dckr_pat_", Charset::url64, 27, 40, "docker-token", "Docker Hub token"},
    Format{"SK", Charset::lowerhex, 32, 32, "twilio-key", "Twilio API key"},
    Format{"SG.", Charset::dotted, 66, 66, "sendgrid-key", "SendGrid API key"},
    Format{"key-", Charset::lowernum, 32, 32, "mailgun-key", "Mailgun API key"},
    Format{"xkeysib-", Charset::url64, 70, 100, "brevo-key", "Brevo API key"},
    Format{"dop_v1_", Charset::hex, 64, 64, "digitalocean-token", "DigitalOcean token"},
    Format{"doo_v1_", Charset::hex, 64, 64, "digitalocean-token", "DigitalOcean OAuth token"},
    Format{"dor_v1_", Charset::hex, 64, 64, "digitalocean-token", "DigitalOcean refresh token"},
    Format{"HRKU-", Charset::url64, 36, 80, "heroku-key", "Heroku API key"},
    Format{"shpat_", Charset::hex, 32, 32, "shopify-token", "Shopify admin token"},
    Format{"shpca_", Charset::hex, 32, 32, "shopify-token", "Shopify custom app token"},
    Format{"shppa_", Charset::hex, 32, 32, "shopify-token", "Shopify private app token"},
    Format{"shpss_", Charset::hex, 32, 32, "shopify-token", "Shopify shared secret"},
    Format{"sq0atp-", Charset::url64, 22, 22, "square-token", "Square access token"},
    Format{"sq0csp-", Charset::url64, 43, 43, "square-token", "Square OAuth secret"},
    Format{"EAAA", Charset::url64, 60, 60, "square-token", "Square access token"},
    Format{"AGE-SECRET-KEY-1", Charset::upper, 58, 58, "age-key", "age secret key"},
    Format{"hvs.", Charset::url64, 24, 0, "vault-token", "HashiCorp Vault token"},
    Format{"hvb.", Charset::url64, 24, 0, "vault-token", "HashiCorp Vault batch token"},
    Format{"dapi", Charset::lowerhex, 32, 32, "databricks-token", "Databricks token"},
    Format{"dp.pt.", Charset::alnum, 40, 48, "doppler-token", "Doppler personal token"},
    Format{"dp.sa.", Charset::alnum, 40, 48, "doppler-token", "Doppler service account token"},
    Format{"lin_api_", Charset::alnum, 32, 48, "linear-key", "Linear API key"},
    Format{"hf_", Charset::alnum, 34, 40, "huggingface-token", "Hugging Face token"},
    Format{"nfp_", Charset::alnum, 36, 48, "netlify-token", "Netlify token"},
    Format{"ATATT3x", Charset::base64url, 60, 300, "atlassian-token", "Atlassian API token"},
    Format{"sl.", Charset::url64, 60, 0, "dropbox-token", "Dropbox access token"},
    Format{"NRAK-", Charset::upper, 27, 27, "newrelic-key", "New Relic user key"},
    Format{"NRII-", Charset::url64, 32, 32, "newrelic-key", "New Relic insert key"},
    Format{"glsa_", Charset::word, 41, 41, "grafana-token", "Grafana service account token"},
    Format{"glc_", Charset::base64, 40, 400, "grafana-token", "Grafana cloud token"},
    Format{"PMAK-", Charset::url64, 59, 59, "postman-key", "Postman API key"},
    Format{"pscale_tkn_", Charset::dotted, 32, 64, "planetscale-token", "PlanetScale token"},
    Format{"pscale_pw_", Charset::dotted, 32, 64, "planetscale-token", "PlanetScale password"},
    Format{"pscale_oauth_", Charset::dotted, 32, 64, "planetscale-token", "PlanetScale token"},
    Format{"sntrys_", Charset::base64url, 40, 400, "sentry-token", "Sentry token"},
    Format{"sntryu_", Charset::hex, 64, 64, "sentry-token", "Sentry user token"},
    Format{"figd_", Charset::url64, 36, 60, "figma-token", "Figma token"},
    Format{"ntn_", Charset::alnum, 40, 60, "notion-token", "Notion token"},
    Format{"sbp_", Charset::hex, 40, 40, "supabase-token", "Supabase token"},
    Format{"gsk_", Charset::alnum, 48, 60, "groq-key", "Groq API key"},
    Format{"r8_", Charset::alnum, 37, 37, "replicate-token", "Replicate token"},
    Format{"xai-", Charset::alnum, 70, 90, "xai-key", "xAI API key"},
    Format{"pplx-", Charset::alnum, 48, 56, "perplexity-key", "Perplexity API key"},
    Format{"pul-", Charset::hex, 40, 40, "pulumi-token", "Pulumi token"},
    Format{"squ_", Charset::hex, 40, 40, "sonar-token", "SonarQube user token"},
    Format{"sqp_", Charset::hex, 40, 40, "sonar-token", "SonarQube project token"},
    Format{"tskey-", Charset::url64, 20, 90, "tailscale-key", "Tailscale key"},
    Format{"CFPAT-", Charset::url64, 43, 43, "contentful-token", "Contentful token"},
    Format{"LTAI", Charset::alnum, 20, 20, "alibaba-key", "Alibaba access key id"},
    Format{"AKCp", Charset::alnum, 60, 72, "jfrog-key", "JFrog API key"},
    Format{"EZAK", Charset::alnum, 54, 54, "easypost-key", "EasyPost API key"},
    Format{"shippo_live_", Charset::hex, 40, 40, "shippo-key", "Shippo live token"},
    Format{"EAACEdEose0cBA", Charset::alnum, 20, 0, "facebook-token", "Facebook token"},
    Format{"fm2_", Charset::base64, 60, 0, "fly-token", "Fly.io access token"},
    Format{"fm1r_", Charset::base64, 60, 0, "fly-token", "Fly.io access token"},
    Format{"fm1a_", Charset::base64, 60, 0, "fly-token", "Fly.io access token"},
    Format{"ATCTT3x", Charset::base64url, 60, 300, "atlassian-token", "Atlassian access token"},
    Format{"ATBB", Charset::alnum, 32, 32, "bitbucket-token", "Bitbucket app password"},
    Format{"glft-", Charset::dotted, 20, 64, "gitlab-token", "GitLab feed token"},
    Format{"glagent-", Charset::dotted, 40, 64, "gitlab-token", "GitLab agent token"},
    Format{"gloas-", Charset::hex, 64, 64, "gitlab-token", "GitLab application secret"},
    Format{"dp.st.", Charset::dotted, 40, 80, "doppler-token", "Doppler service token"},
    Format{"dp.ct.", Charset::alnum, 40, 48, "doppler-token", "Doppler CLI token"},
    Format{"sgp_", Charset::word, 40, 90, "sourcegraph-token", "Sourcegraph token"},
    Format{"lsv2_pt_", Charset::word, 40, 50, "langsmith-key", "LangSmith key"},
    Format{"lsv2_sk_", Charset::word, 40, 50, "langsmith-key", "LangSmith key"},
    Format{"phx_", Charset::alnum, 40, 60, "posthog-key", "PostHog personal key"},
    Format{"pat-na1-", Charset::url64, 36, 36, "hubspot-token", "HubSpot token"},
    Format{"pat-eu1-", Charset::url64, 36, 36, "hubspot-token", "HubSpot token"},
    Format{"CCIPAT_", Charset::word, 40, 90, "circleci-token", "CircleCI token"},
    Format{"nvapi-", Charset::url64, 60, 80, "nvidia-key", "NVIDIA API key"},
    Format{"bkua_", Charset::hex, 40, 40, "buildkite-token", "Buildkite token"},
    Format{"dt0c01.", Charset::dotted, 80, 100, "dynatrace-token", "Dynatrace token"},
    Format{"RGAPI-", Charset::url64, 36, 36, "riot-key", "Riot API key"},
    Format{"secret_", Charset::alnum, 43, 43, "notion-token", "Notion token"},
    Format{"tvly-", Charset::url64, 32, 60, "tavily-key", "Tavily API key"},
    Format{"ops_eyJ", Charset::base64url, 100, 0, "onepassword-token", "1Password token"},
    Format{"access_token$production$", Charset::wordcash, 40, 80, "paypal-token",
           "PayPal live access token"},
};

// Formats are looked up by the first byte of their prefix.
struct Buckets {
    std::array<std::vector<const Format*>, 256> of;
    Buckets() {
        for (const Format& format : kFormats) {
            of[static_cast<unsigned char>(format.prefix[0])].push_back(&format);
        }
    }
};

const Buckets& buckets() {
    static const Buckets all;
    return all;
}

// An upper-case-only tail may by chance hold no digit.
bool acceptable(const Format& format, std::string_view tail) {
    if (format.charset == Charset::upper) {
        return !is_placeholder(tail) && entropy_bits(tail) >= 2.5 && !tail.ends_with("EXAMPLE");
    }
    return is_random(tail);
}

bool try_format(const Format& format, ByteRuns& runs, std::size_t at, Secret& found) {
    const std::string_view text = runs.text();
    if (text.compare(at, format.prefix.size(), format.prefix) != 0) return false;
    const std::size_t begin = at + format.prefix.size();
    std::size_t end = runs.end_of_run(format.charset, begin);
    while (end > begin && text[end - 1] == '.') --end;  // the end of a sentence
    const std::size_t length = end - begin;
    if (length < format.least || (format.most != 0 && length > format.most)) return false;
    if (end < text.size() && is_word_byte(text[end])) return false;
    if (!acceptable(format, text.substr(begin, length))) return false;
    found = {
        at, end, "secret-" + std::string(format.rule), std::string(format.what), format.severity,
        3};
    return true;
}

}  // namespace

void find_formats(std::string_view text, std::vector<Secret>& out) {
    ByteRuns runs(text);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        Secret found;
        if (c == ':' || c == '-' || c == '=') {
            if (find_structure(runs, at, found)) {
                at = std::max(at, found.end - 1);
                out.push_back(std::move(found));
            }
            continue;
        }
        if (!is_word_byte(c) || !starts_word(text, at)) continue;
        bool hit = false;
        for (const Format* format : buckets().of[static_cast<unsigned char>(c)]) {
            if ((hit = try_format(*format, runs, at, found))) break;
        }
        if (!hit) hit = find_worded(runs, at, found);
        if (!hit) continue;
        at = found.end - 1;
        out.push_back(std::move(found));
    }
}

}  // namespace tk::review
