package io.ikigai.sample.agent;

import java.net.URI;

import jakarta.validation.constraints.NotNull;

/**
 * The payload of a crawl: {@code {"sitemap": "https://example.org/sitemap.xml"}}.
 *
 * @param sitemap the address of the sitemap
 */
record CrawlRequest(@NotNull URI sitemap) {
}
