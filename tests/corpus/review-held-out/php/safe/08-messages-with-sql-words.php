<?php

function explain(Psr\Log\LoggerInterface $logger, string $section, string $name): string
{
    $logger->notice("Update of $section requested, set by $name");
    if ($section === '') {
        return '<p>Select a section from the list where ' . htmlspecialchars($name) . ' is a member.</p>';
    }
    error_log('Could not delete ' . $name . ' from ' . $section);
    /* The report runs: SELECT * FROM members WHERE section = '$section' */
    return sprintf(
        '<label>Insert %s into %s? All values are kept.</label><select name="where">',
        htmlspecialchars($name),
        htmlspecialchars($section)
    );
}
