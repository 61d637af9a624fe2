package io.ikigai.sample.agent;

/**
 * What a crawl has found, the result of its task.
 *
 * @param pages how many pages were checked
 * @param down how many of them are down
 */
record CrawlResult(int pages, int down) {
}
