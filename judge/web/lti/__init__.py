"""Launches from learning platforms: begun, checked, and turned into accounts that are signed in.

platform (frame) ──> /lti/login ──> platform ──> /lti/launch: a page in the frame, with a ticket in its button
                                                     │ a new window, where cookies work
                                                     └──> /lti/open ──> signed in, the assignment's page
a choice stays in the frame: /lti/launch ──> /lti/deep-link ──> platform

No step needs a cookie in the frame. Where the browser keeps one there, a launch must come back to the browser that it
was begun in; elsewhere the page names the person, and only their own click goes on.
"""
